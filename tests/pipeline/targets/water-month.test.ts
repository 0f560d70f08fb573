import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import type { WaterStation } from '@clearbay/domain/district.ts';
import { toMicro } from '@clearbay/domain/exact.ts';
import { HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { basinViews, sourcesOfMonth } from '@clearbay/pipeline/targets/water-month.ts';
import type { RollupRow } from '@clearbay/store/ports/series.ts';
import { describe, expect, test } from 'vitest';

const standards = loadWaterStandards();
const MOMENT = {
  year: 2026,
  today: '2026-05-20',
  runningDay: startOfDate('2026-05-20'),
  demonstration: false,
  exceptional: [],
  random: () => 0.5,
};

function station(id: string, more: Partial<WaterStation> = {}): WaterStation {
  return {
    id,
    kind: 'water',
    name: { zh: id, en: id },
    town: 't',
    position: { lon: 118, lat: 24 },
    state: 'service',
    grade: 'official',
    waterBody: 'river',
    role: 'section',
    targetClass: 3,
    ...more,
  };
}

function day(id: string, date: string, values: Readonly<Record<string, number>>, simulated = false): [string, RollupRow[]] {
  const rows = Object.entries(values).map(
    ([metric, value]): RollupRow => ({
      station: id,
      metric,
      at: startOfDate(date),
      count: 6,
      validCount: 6,
      validMs: 24 * HOUR_MS,
      sumMicro: 6 * toMicro(value),
      min: value,
      max: value,
      last: value,
      flags: 0,
      revision: 0,
      simulated,
    }),
  );
  return [date, rows];
}

const luoyang = { river: { name: { zh: '洛阳江', en: 'Luoyang' }, order: 1 } };
const sections = [station('a', luoyang), station('b', luoyang), station('c')];

describe('rivers of the month', () => {
  const days = new Map([
    [
      'a',
      new Map([
        day('a', '2026-04-03', { nh3n: 2.4 }),
        day('a', '2026-05-03', { nh3n: 0.4 }),
        day('a', '2026-05-04', { nh3n: 0.8 }),
      ]),
    ],
    ['b', new Map([day('b', '2026-05-03', { nh3n: 1.8 })])],
    ['c', new Map([day('c', '2026-05-03', { tp: 0.05 })])],
  ]);

  test('are rated one by one and together, by the means of their items over so few sections, with the trend', () => {
    const [river, all] = basinViews(sections, days, standards, MOMENT);
    // (0.6 + 1.8) / 2 = 1.2 mg/L of ammonia nitrogen: class IV.
    expect(river).toMatchObject({
      month: '2026-05',
      river: { zh: '洛阳江' },
      sections: ['a', 'b'],
      method: 'item-means',
      class: 'IV',
      quality: { code: 'light' },
      shares: { assessed: 2, excellentOrGood: 1, inferior: 0 },
      // From 0 − 100 % to 50 − 0 %.
      trend: { direction: 'better', degree: 'clear', change: 150 },
    });
    expect(all).toMatchObject({ river: null, sections: ['a', 'b', 'c'], shares: { assessed: 3, excellentOrGood: 2 } });
  });

  test('take the month before where this one has nothing yet, and nothing from simulated days', () => {
    const april = basinViews(sections, days, standards, { ...MOMENT, today: '2026-06-01' });
    expect(april[0]?.month).toBe('2026-05');
    const simulated = new Map([['a', new Map([day('a', '2026-05-03', { nh3n: 0.4 }, true)])]]);
    expect(basinViews(sections, simulated, standards, MOMENT)).toEqual([]);
    expect(basinViews(sections, simulated, standards, { ...MOMENT, demonstration: true })[0]?.class).toBe('II');
  });
});

test('sources count by number, and by what they give where every one says so', () => {
  const sources = [station('s1', { role: 'source', intakeVolume: 300 }), station('s2', { role: 'source', intakeVolume: 100 })];
  const days = new Map([
    ['s1', new Map([day('s1', '2026-05-03', { nh3n: 0.4, iron: 0.2 })])],
    ['s2', new Map([day('s2', '2026-05-03', { nh3n: 0.4, iron: 0.31 })])],
  ]);
  expect(sourcesOfMonth(sources, days, standards, MOMENT)).toEqual({
    month: '2026-05',
    byNumber: { met: 1, of: 2, share: 0.5 },
    byVolume: { met: 300, of: 400, share: 0.75 },
  });
  const { intakeVolume: _unknown, ...silent } = station('s2', { role: 'source' });
  expect(sourcesOfMonth([sources[0]!, silent], days, standards, MOMENT)?.byVolume).toBeNull();
});
