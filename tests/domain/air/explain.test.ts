import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { derivationSentences } from '@clearbay/domain/derivation.ts';
import { airKind } from '@clearbay/domain/kinds/air/kind.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, startOfDate } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { CLEAN, reading, STATION } from './air-readings.ts';

const standards = loadAirStandards();
const DAY = startOfDate('2026-06-10');
const PERIOD = 5 * MINUTE_MS;

describe('derivation', () => {
  test('of an hour shows readings, what was left out and why, rounded mean, indices and clause', () => {
    const readings = Array.from({ length: 12 }, (_, i) =>
      reading(DAY + (i + 1) * PERIOD, { ...CLEAN, pm25: 61 + (i % 2) }, i === 3 ? { quality: { pm25: QUALITY.spike } } : {}),
    );
    const derivation = airKind.explain(STATION, readings, { start: DAY, end: DAY + HOUR_MS }, standards, DAY + 2 * HOUR_MS);
    expect(derivation.figure.zh).toBe('AQI 101，轻度污染');
    expect(derivation.edition).toBe('GB 3095-2026 transition');
    expect(derivation.inputs).toHaveLength(72);
    expect(derivation.inputs.filter((input) => input.excluded !== undefined)).toMatchObject([
      { metric: 'pm25', at: DAY + 4 * PERIOD, value: 62, flags: ['spike'], excluded: { en: 'spike' } },
    ]);
    const mean = derivation.steps.find((step) => step.text.en.startsWith('PM2.5'));
    expect(mean?.values).toMatchObject({ validCount: 11, minutes: 55, rounded: 61 });
    expect(derivationSentences(derivation, 'en').at(-1)).toBe('AQI 101, primary pollutant: PM2.5 [HJ 633-2026, AQI = max(IAQI)]');
    expect(derivationSentences(derivation, 'zh').join('\n')).toContain('首要污染物：细颗粒物(PM2.5)');
  });

  test('of a day names the gap that withholds the AQI', () => {
    const readings = [];
    for (let hour = 1; hour <= 24; hour += 1) {
      const { pm10, ...rest } = CLEAN;
      readings.push(reading(DAY + hour * HOUR_MS, hour > 19 ? rest : { ...rest, pm10: pm10! }, { periodMs: HOUR_MS }));
    }
    const derivation = airKind.explain(STATION, readings, { start: DAY, end: DAY + DAY_MS }, standards, DAY + 2 * DAY_MS);
    expect(derivation.figure.en).toBe('AQI NA, not judged');
    expect(derivation.steps.map((step) => step.text.en)).toEqual(
      expect.arrayContaining([
        'PM10: 19 valid hours (20 needed), daily mean not valid',
        'PM10 missing, the others at most 40: not published',
      ]),
    );
    expect(derivation.steps.find((step) => step.text.en.includes('missing'))?.clause).toBe('HJ 633-2026, 5.3');
  });

  test('of a month gives good days and statistics from its daily values', () => {
    const readings = [];
    const start = startOfDate('2026-06-01');
    for (let hour = 1; hour <= 30 * 24; hour += 1) readings.push(reading(start + hour * HOUR_MS, CLEAN, { periodMs: HOUR_MS }));
    const derivation = airKind.explain(STATION, readings, { start, end: start + 30 * DAY_MS }, standards, start + 40 * DAY_MS);
    expect(derivation.figure.en).toBe('Good-day rate 100 %');
    expect(derivation.inputs).toHaveLength(180);
    expect(derivation.steps[0]?.values).toMatchObject({ good: 30, valid: 30, na: 0 });
  });
});
