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
    const sentences = derivationSentences(derivation, 'en').join('\n');
    expect(sentences).toContain('PM2.5: 30 valid days, mean 20 / 30, percentile 95 20 / 60: meets');
    expect(sentences).toContain('all pollutants together: meets');
    // Class 2 limits of the transition: 6/60 + 20/40 + 0.5/4 + 80/160 + 40/60 + 20/30.
    expect(derivation.steps.find(({ values }) => values.variant !== undefined)?.values.value).toBe(2.56);
    expect(derivation.steps[0]?.values).toMatchObject({ good: 30, valid: 30, na: 0 });
  });
});

/** Hourly readings of the day up to hour `hours`, but 8 of 12 five-minute values in hour `broken`, with 900 of PM2.5. */
function brokenDay(hours: number, broken: number) {
  return Array.from({ length: hours }, (_, index) => index + 1).flatMap((hour) => {
    const end = DAY + hour * HOUR_MS;
    if (hour !== broken) return [reading(end, CLEAN, { periodMs: HOUR_MS })];
    return Array.from({ length: 8 }, (_, i) => reading(end - i * PERIOD, { ...CLEAN, pm25: 900 }));
  });
}

describe('what a derivation leaves out', () => {
  test('values of an hour with too little sampling are marked, and the hour is named', () => {
    const day = { start: DAY, end: DAY + DAY_MS };
    const derivation = airKind.explain(STATION, brokenDay(24, 14), day, standards, DAY + 2 * DAY_MS);
    expect(derivation.figure.en).toBe('AQI 40, excellent');
    const left = derivation.inputs.filter(({ excluded }) => excluded !== undefined);
    expect(left).toHaveLength(48);
    expect(left.filter(({ value }) => value === 900)).toHaveLength(8);
    expect(left[0]?.excluded).toEqual({
      zh: '该小时只有 40 分钟采样，不足 45 分钟',
      en: 'the hour has 40 min of sampling, 45 are needed',
    });
    expect(derivation.steps.map(({ text }) => text.en)).toContain(
      'PM2.5: hours left out with less than 45 min of sampling, by their end: 14:00 (40 min)',
    );
  });

  test('an ozone hour that lies in no valid 8-hour window is marked, and the windows are named', () => {
    // Hours 01 to 03 alone, then 12 to 24: the windows ending 08:00 to 16:00 have fewer than 6 hours.
    const hours = [1, 2, 3, ...Array.from({ length: 13 }, (_, index) => index + 12)];
    const readings = hours.map((hour) => reading(DAY + hour * HOUR_MS, { o3: 80 }, { periodMs: HOUR_MS }));
    const derivation = airKind.explain(STATION, readings, { start: DAY, end: DAY + DAY_MS }, standards, DAY + 2 * DAY_MS);
    expect(derivation.inputs.filter(({ excluded }) => excluded !== undefined).map(({ at }) => (at - DAY) / HOUR_MS)).toEqual([
      1, 2, 3,
    ]);
    expect(
      derivation.steps.find(({ values }) => values.windows === '08:00;09:00;10:00;11:00;12:00;13:00;14:00;15:00;16:00'),
    ).toBeDefined();
  });

  test('a month names its days without a judgement', () => {
    const start = startOfDate('2026-06-01');
    const readings = Array.from({ length: 30 * 24 }, (_, index) => index + 1)
      .filter((hour) => hour <= 48 || hour > 53)
      .map((hour) => reading(start + hour * HOUR_MS, CLEAN, { periodMs: HOUR_MS }));
    const derivation = airKind.explain(STATION, readings, { start, end: start + 30 * DAY_MS }, standards, start + 30 * DAY_MS);
    expect(derivation.steps[1]?.text.en).toMatch(
      /^days not judged and what they lack: 2026-06-03 \(SO2, NO2, CO, PM10, PM2.5\)$/,
    );
  });
});

describe('what still runs is so far and not judged', () => {
  test('a day at 21:00 is no excellent day', () => {
    const period = { start: DAY, end: DAY + DAY_MS };
    const now = DAY + 21 * HOUR_MS;
    const readings = [...brokenDay(21, 0), reading(now + PERIOD, { pm25: 500 })];
    const derivation = airKind.explain(STATION, readings, period, standards, now + PERIOD);
    expect(derivation.figure).toEqual({
      zh: '时段未结束，至今（不作评价）：AQI 40',
      en: 'Still running, so far, not judged: AQI 40',
    });
    expect(derivation.steps.at(-1)).toMatchObject({ text: { en: 'so far AQI 40' }, values: { aqi: 40, category: null } });
    expect(derivation.inputs.at(-1)).toMatchObject({ value: 500, excluded: { en: 'its hour still runs' } });
    expect(JSON.stringify([derivation.figure, derivation.steps])).not.toMatch(/excellent|优/);
    expect(airKind.explain(STATION, brokenDay(24, 0), period, standards, DAY + DAY_MS).figure.en).toBe('AQI 40, excellent');
  });

  test('an hour before its end, a month before its end', () => {
    const hour = airKind.explain(STATION, brokenDay(1, 0), { start: DAY, end: DAY + HOUR_MS }, standards, DAY + HOUR_MS - 1);
    expect(hour.figure.en).toBe('Still running, so far, not judged: AQI 40');
    const month = { start: startOfDate('2026-06-01'), end: startOfDate('2026-07-01') };
    expect(airKind.explain(STATION, brokenDay(24, 0), month, standards, DAY + DAY_MS).figure.en).toBe(
      'Still running, so far, not judged: Good-day rate 100 %',
    );
  });
});

describe('another edition', () => {
  const period = { start: DAY, end: DAY + DAY_MS };
  const explain = (edition?: string) =>
    airKind.explain(
      STATION,
      brokenDay(24, 0).map((one) => ({ ...one, values: { ...one.values, pm25: 62 } })),
      period,
      standards,
      DAY + 2 * DAY_MS,
      edition,
    );

  test('judges the same readings by its own table', () => {
    // PM2.5 62: 100 to 150 over 60 to 115 in 2026, 50 to 100 over 35 to 75 in 2012.
    expect(explain().figure.en).toBe('AQI 102, light pollution');
    expect(explain('by-date').edition).toBe('GB 3095-2026 transition');
    const old = explain('gb3095-2012');
    expect(old.figure.en).toBe('AQI 84, good');
    expect(old.edition).toBe('GB 3095-2012');
  });

  test('that does not exist is refused with the names there are', () => {
    expect(() => explain('1996')).toThrow(/1996; there are by-date, .*2012/);
  });
});
