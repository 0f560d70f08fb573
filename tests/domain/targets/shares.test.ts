import type { TargetView } from '@clearbay/contract/api.ts';
import type { PlanTarget } from '@clearbay/domain/district.ts';
import type { Origin } from '@clearbay/domain/reading.ts';
import { type MonthlyMember, monthlyShareTarget, type ZoneMember, zoneShareTarget } from '@clearbay/domain/targets/members.ts';
import { describe, expect, test } from 'vitest';

const text = { zh: '目标', en: 'target' };
const sections: PlanTarget = { id: 'sections', kind: 'water-sections', name: text, value: 0.75, clause: text };
const sources: PlanTarget = { id: 'sources', kind: 'water-sources', name: text, value: 1, clause: text };
const zones: PlanTarget = { id: 'zones', kind: 'function-zones', name: text, value: 1, clause: text };

function member(station: string, meets: readonly (boolean | null)[], origin: Origin = 'measured'): MonthlyMember {
  return {
    station,
    name: { zh: station, en: station },
    months: meets.map((one, index) => ({ month: `2025-${String(index + 1).padStart(2, '0')}`, meets: one, origin })),
  };
}

const monthly = (target: PlanTarget, members: readonly MonthlyMember[], today: string, demonstration = false) =>
  monthlyShareTarget({ target, year: 2025, today, members, edition: 'GB 3838-2002', demonstration });

const all = (meets: boolean, count: number) => Array.from({ length: count }, () => meets);

describe('shares of sections and sources by month', () => {
  test('sections at Class III: share of section-months, what may miss, one line a section', () => {
    const members = [
      member('a', all(true, 10)),
      member('b', [...all(true, 7), ...all(false, 3)]),
      member('c', [null, ...all(true, 9)]),
    ];
    const figure: TargetView = monthly(sections, members, '2025-11-23');
    expect(figure).toMatchObject({ value: 26 / 29, verdict: 'on-track', edition: 'GB 3838-2002', probability: null });
    expect(figure.margin).toBeCloseTo(26 / 29 - 0.75, 12);
    expect(figure.verdictText.en).toContain('26 of 29 section-months comply (89.7 %); 8 may miss in the year, 3 used, 5 left');
    expect(figure.members.map(({ station, value, meets }) => [station, value, meets])).toEqual([
      ['a', 1, true],
      ['b', 0.7, false],
      ['c', 1, true],
    ]);
  });

  test('the running month does not count', () => {
    expect(monthly(sections, [member('a', [true, false])], '2025-02-20').value).toBe(1);
  });

  test('sources at 100 %: one failed month loses the year', () => {
    expect(monthly(sources, [member('a', all(true, 10))], '2025-11-23').verdict).toBe('on-track');
    expect(monthly(sources, [member('a', [...all(true, 9), false])], '2025-11-23')).toMatchObject({
      verdict: 'lost',
      probability: 0,
    });
    expect(monthly(sources, [member('a', all(true, 12))], '2026-01-05')).toMatchObject({ verdict: 'secured', probability: 1 });
  });

  test('months not assessed say nothing', () => {
    expect(monthly(sources, [member('a', [null, null])], '2025-03-05')).toMatchObject({
      verdict: 'no-data',
      value: null,
      members: [{ value: null, meets: null }],
    });
  });

  test('a demonstration takes simulated months alone, a real district none of them', () => {
    const members = [member('a', all(true, 10)), member('b', all(false, 10), 'simulated')];
    expect(monthly(sources, members, '2025-11-23')).toMatchObject({ value: 1, simulated: false });
    expect(monthly(sources, members, '2025-11-23', true)).toMatchObject({ value: 0, simulated: true });
  });
});

describe('share of function zones (SL 395-2007)', () => {
  const zone = (station: string, met: number, of: number, remaining: number, origin: ZoneMember['origin'] = 'measured') => ({
    station,
    name: { zh: station, en: station },
    origin,
    met,
    of,
    remaining,
  });
  const judge = (list: readonly ZoneMember[]) =>
    zoneShareTarget({ target: zones, zones: list, zoneShare: 0.8, edition: 'GB 3838-2002', demonstration: false });

  test('a zone complies with exactly 80 % of its measurements', () => {
    const figure: TargetView = judge([zone('a', 8, 10, 2), zone('b', 10, 10, 2)]);
    expect(figure).toMatchObject({ value: 1, margin: 0, verdict: 'on-track', probability: null });
    expect(figure.members[0]).toMatchObject({ station: 'a', value: 0.8, meets: true });
  });

  test('a zone below 80 % that can still recover is a risk, one that cannot loses the target', () => {
    expect(judge([zone('a', 7, 9, 3)]).verdict).toBe('at-risk');
    expect(judge([zone('a', 6, 9, 3), zone('b', 12, 12, 0)])).toMatchObject({ verdict: 'lost', probability: 0 });
  });

  test('it is secured once no zone can fail any more', () => {
    expect(judge([zone('a', 10, 10, 2), zone('b', 12, 12, 0)])).toMatchObject({ verdict: 'secured', probability: 1 });
  });

  test('zones without measurements and simulated zones take no part', () => {
    expect(judge([zone('a', 0, 0, 12)])).toMatchObject({ verdict: 'no-data', value: null });
    expect(judge([zone('a', 0, 9, 3, 'simulated'), zone('b', 9, 9, 3)]).value).toBe(1);
  });
});
