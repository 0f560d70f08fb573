import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { derivationSentences } from '@clearbay/domain/derivation.ts';
import type { AirStation } from '@clearbay/domain/district.ts';
import { type DistrictMember, explainDistrictAir } from '@clearbay/domain/kinds/air/explain-district.ts';
import type { Values } from '@clearbay/domain/reading.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, startOfDate } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { CLEAN, reading, STATION } from './air-readings.ts';

const standards = loadAirStandards();
const DAY = startOfDate('2026-06-10');
const NAME = { zh: '泉州台商投资区', en: 'the district' };
const HOUR = { start: DAY, end: DAY + HOUR_MS };

const official = (id: string, more: Partial<AirStation> = {}): AirStation => ({
  ...STATION,
  id,
  name: { zh: id, en: id },
  grade: 'official',
  ...more,
});
const hours = (station: AirStation, values: Values, count = 1, periodMs = HOUR_MS): DistrictMember => ({
  station,
  readings: Array.from({ length: count }, (_, index) =>
    reading(DAY + (index + 1) * HOUR_MS, values, { station: station.id, periodMs }),
  ),
});

describe('an hour of the district', () => {
  const members = [
    hours(official('a'), { ...CLEAN, pm25: 60 }),
    hours(official('b'), { ...CLEAN, pm25: 81 }),
    hours(official('c'), { ...CLEAN, pm25: 900 }, 1, 40 * MINUTE_MS),
    hours(official('micro', { grade: 'indicative' }), { ...CLEAN, pm25: 500 }),
    hours(official('new', { state: 'trial' }), { ...CLEAN, pm25: 500 }),
  ];

  test('averages concentrations first and names stations without a valid value and those that do not count', () => {
    const derivation = explainDistrictAir(NAME, members, HOUR, standards, DAY + DAY_MS);
    // (60 + 81) / 2 = 70.5 is 70 by GB/T 8170: 100 + 50 × 10/55 rounded up.
    expect(derivation?.figure.en).toBe('the district: AQI 110, light pollution');
    const sentences = derivation === undefined ? [] : derivationSentences(derivation, 'en');
    expect(sentences.some((each) => each.startsWith('PM2.5: mean of 2 of 3 stations 70; no valid value: c ['))).toBe(true);
    expect(
      sentences.some((each) => each.startsWith('left out of the district: micro (not official), new (not in service)')),
    ).toBe(true);
    expect(derivation?.inputs.filter(({ metric }) => metric === 'pm25')).toMatchObject([
      { station: 'a', at: DAY + HOUR_MS, value: 60 },
      { station: 'b', value: 81 },
      { station: 'c', value: 900, excluded: { en: 'the hour has 40 min of sampling, 45 are needed' } },
    ]);
  });

  test('before its end is so far and not judged; without a valid value there is none', () => {
    const running = explainDistrictAir(NAME, members, HOUR, standards, DAY + HOUR_MS - 1);
    expect(running?.figure.en).toBe('the district: Still running, so far, not judged: AQI 110');
    expect(explainDistrictAir(NAME, members.slice(2), HOUR, standards, DAY + DAY_MS)).toBeUndefined();
  });

  test('under another edition uses its table', () => {
    const old = explainDistrictAir(NAME, members, HOUR, standards, DAY + DAY_MS, 'gb3095-2012');
    // 70 between 35 and 75: 50 + 50 × 35/40 rounded up.
    expect(old?.figure.en).toBe('the district: AQI 94, good');
    expect(() => explainDistrictAir(NAME, members, HOUR, standards, DAY, '1996')).toThrow(RangeError);
  });
});

describe('a day of the district', () => {
  const period = { start: DAY, end: DAY + DAY_MS };

  test('averages the daily values of the stations that have one', () => {
    const members = [
      hours(official('a'), { ...CLEAN, pm25: 40 }, 24),
      hours(official('b'), { ...CLEAN, pm25: 45 }, 24),
      hours(official('short'), { ...CLEAN, pm25: 500 }, 19),
      hours(official('silent'), {}, 0),
    ];
    const derivation = explainDistrictAir(NAME, members, period, standards, DAY + 2 * DAY_MS);
    // (40 + 45) / 2 = 42.5 is 42 by GB/T 8170: 50 + 50 × 7/25.
    expect(derivation?.figure.en).toBe('the district: AQI 64, good');
    expect(derivation?.steps.find(({ text }) => text.en.startsWith('PM2.5'))?.text.en).toBe(
      'PM2.5: mean of 2 of 3 stations 42; no valid value: short',
    );
    expect(derivation?.inputs.filter(({ metric }) => metric === 'pm25').map(({ station, value }) => [station, value])).toEqual([
      ['a', 40],
      ['b', 45],
    ]);
  });

  test('that still runs has no category', () => {
    const members = [hours(official('a'), CLEAN, 21)];
    const derivation = explainDistrictAir(NAME, members, period, standards, DAY + 21 * HOUR_MS);
    expect(derivation?.figure.en).toBe('the district: Still running, so far, not judged: AQI 40');
    expect(derivation?.steps.at(-1)?.values).toEqual({ aqi: 40, category: null });
  });
});
