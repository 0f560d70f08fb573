import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { pollutantsOf } from '@clearbay/domain/kinds/air/aqi.ts';
import { districtAssessment } from '@clearbay/domain/kinds/air/district-hour.ts';
import { chooseEdition } from '@clearbay/domain/kinds/air/edition-choice.ts';
import { judgeHours } from '@clearbay/domain/kinds/air/hour.ts';
import { hourTable } from '@clearbay/domain/kinds/air/hour-table.ts';
import { airKind } from '@clearbay/domain/kinds/air/kind.ts';
import { readingHours } from '@clearbay/domain/kinds/air/reading-hours.ts';
import { POLLUTANTS } from '@clearbay/domain/kinds/air/standard.ts';
import type { Weather } from '@clearbay/domain/kinds/kind.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Reading, Values } from '@clearbay/domain/reading.ts';
import { HOUR_MS, MINUTE_MS, startOfDate } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { CLEAN, numbers, reading, STATION, shuffled } from './air-readings.ts';

const standards = loadAirStandards();
const DAY = startOfDate('2026-06-10');
const PERIOD = 5 * MINUTE_MS;
const WEATHER: Weather = {
  rainfall: 0,
  rainRate: 0,
  temperature: 25,
  humidity: 70,
  pressure: 1010,
  windSpeed: 2,
  windDirection: 120,
  airMass: 0.4,
  stagnation: 0.6,
  sunshine: 0.5,
  tide: 0,
};

function live(readings: Iterable<Reading>) {
  const station = airKind.live(STATION, standards);
  for (const each of readings) station.accept(each);
  return station;
}

/** Two days of five-minute readings with gaps, bad values and a slow metric. */
function generated(seed: number): Reading[] {
  const random = numbers(seed);
  const readings: Reading[] = [];
  for (let at = DAY - 24 * HOUR_MS + PERIOD; at <= DAY + 20 * HOUR_MS; at += PERIOD) {
    if (random() < 0.12) continue;
    const values: Record<string, number> = {};
    for (const metric of POLLUTANTS) {
      if (random() < 0.97) values[metric] = Math.round(CLEAN[metric]! * (0.4 + 2 * random()) * 100) / 100;
    }
    readings.push(reading(at, values, random() < 0.05 ? { quality: { pm25: QUALITY.spike } } : {}));
  }
  return readings;
}

/** The hourly AQI that batch judging gives for the same readings. */
function batch(readings: readonly Reading[], end: number) {
  const rows = readingHours(readings);
  const span = { firstEnd: end - 23 * HOUR_MS, lastEnd: end };
  const table = hourTable(rows, span, standards.editions[1]!.validity);
  const hours = judgeHours(table, span, chooseEdition(standards));
  let last = 23;
  while (last >= 0 && table.means.every((column) => column[last] === undefined)) last -= 1;
  return last < 0
    ? null
    : {
        end: span.firstEnd + last * HOUR_MS,
        aqi: hours.aqi[last]! < 0 ? null : hours.aqi[last],
        primary: pollutantsOf(hours.primary[last]!),
      };
}

describe('live assessment', () => {
  test('the last complete hour stands, the running one is shown beside it', () => {
    const readings = [];
    for (let at = DAY + PERIOD; at <= DAY + 90 * MINUTE_MS; at += PERIOD)
      readings.push(reading(at, { ...CLEAN, pm25: at > DAY + HOUR_MS ? 90 : 20 }));
    const assessment = live(readings).assess(DAY + 91 * MINUTE_MS);
    expect(assessment).toMatchObject({
      end: DAY + HOUR_MS,
      at: DAY + HOUR_MS,
      level: 'hour',
      edition: 'GB 3095-2026 transition',
    });
    expect(assessment.figure).toEqual({ metric: 'aqi', value: 40, unit: '', decimals: 0 });
    expect(assessment.rating).toMatchObject({ code: 'excellent', rank: 0, meets: true });
    expect(assessment.detail.pollutants.pm25).toMatchObject({ value: 20, iaqi: 29, minutes: 60, valid: true });
    expect(assessment.detail.running).toMatchObject({ end: DAY + 2 * HOUR_MS, means: { pm25: 90 }, counts: { pm25: 6 } });
  });

  test('before the first reading and a day after the last there is no rating', () => {
    expect(live([]).assess(DAY)).toMatchObject({
      at: null,
      rating: { code: 'none', rank: -1, meets: null },
      figure: { value: null },
    });
    const hour = Array.from({ length: 12 }, (_, i) => reading(DAY + (i + 1) * PERIOD, CLEAN));
    const late = live(hour).assess(DAY + 30 * HOUR_MS);
    expect(late).toMatchObject({ at: DAY + HOUR_MS, rating: { code: 'none' }, figure: { value: null } });
  });

  test('an hour of less than 45 minutes does not stand, the one before does, with its own time', () => {
    const readings = Array.from({ length: 20 }, (_, i) => reading(DAY + (i + 1) * PERIOD, CLEAN));
    expect(live(readings).assess(DAY + 3 * HOUR_MS)).toMatchObject({ end: DAY + HOUR_MS, figure: { value: 40 } });
  });

  test('the 45 minutes are minutes of the hour: two devices over the same 25 are 25, one after the other 50 (GB 3095, table 4)', () => {
    const device = (id: string, from: number, minutes: number) =>
      Array.from({ length: minutes / 5 }, (_, i) => reading(DAY + (from + (i + 1) * 5) * MINUTE_MS, CLEAN, { device: id }));
    const judged = (readings: Reading[]) => {
      const { figure, detail, end } = live(readings).assess(DAY + HOUR_MS);
      const row = readingHours(readings).find(({ metric }) => metric === 'pm25');
      return [end === DAY + HOUR_MS ? figure.value : null, detail.pollutants.pm25.minutes, (row?.validMs ?? 0) / MINUTE_MS];
    };
    expect(judged([...device('a', 0, 25), ...device('b', 0, 25)])).toEqual([null, 0, 25]);
    expect(judged([...device('a', 0, 25), ...device('b', 25, 25)])).toEqual([40, 50, 50]);
    expect(judged([...device('a', 0, 30), ...device('b', 20, 25)])).toEqual([40, 45, 45]);
    expect(batch([...device('a', 0, 25), ...device('b', 0, 25)], DAY + HOUR_MS)).toBeNull();
  });

  test('half a minute every minute is half an hour, and a reading of an hour stands for its hour', () => {
    const halves = Array.from({ length: 60 }, (_, i) => reading(DAY + (i + 1) * MINUTE_MS, CLEAN, { periodMs: 30_000 }));
    expect(readingHours(halves)[0]?.validMs).toBe(30 * MINUTE_MS);
    expect(readingHours([reading(DAY + 5 * MINUTE_MS, CLEAN, { periodMs: HOUR_MS })])[0]?.validMs).toBe(HOUR_MS);
  });

  test('a missing pollutant withholds the AQI, unless it is not monitored by plan', () => {
    const { co: _, ...rest } = CLEAN;
    const readings = Array.from({ length: 12 }, (_, i) => reading(DAY + (i + 1) * PERIOD, rest));
    expect(live(readings).assess(DAY + HOUR_MS)).toMatchObject({
      figure: { value: null },
      detail: { lowerBound: 40, missing: ['co'] },
    });
    const planned = airKind.live({ ...STATION, notMonitored: ['co'] }, standards);
    for (const each of readings) planned.accept(each);
    expect(planned.assess(DAY + HOUR_MS)).toMatchObject({ figure: { value: 40 }, detail: { pollutants: { co: { mark: '/' } } } });
  });

  test('excluded values take no part; a time in the future pushes nothing out', () => {
    const hour = Array.from({ length: 12 }, (_, i) => reading(DAY + (i + 1) * PERIOD, CLEAN));
    const station = live(hour);
    station.accept(reading(DAY + HOUR_MS, { pm25: 900 }, { device: 'd2', quality: { pm25: QUALITY.range } }));
    station.accept(
      reading(DAY + 50 * HOUR_MS, CLEAN, { quality: Object.fromEntries(POLLUTANTS.map((metric) => [metric, QUALITY.future])) }),
    );
    expect(station.assess(DAY + HOUR_MS).figure.value).toBe(40);
  });

  test('one simulated reading makes its hour simulated', () => {
    const hour = Array.from({ length: 12 }, (_, i) =>
      reading(DAY + (i + 1) * PERIOD, CLEAN, i === 4 ? { origin: 'simulated' } : {}),
    );
    expect(live(hour).assess(DAY + HOUR_MS).origin).toBe('simulated');
  });

  test.each([1, 2, 3, 4, 5, 6])('readings in any order give the same assessment as batch judging (seed %d)', (seed) => {
    const readings = generated(seed);
    const now = DAY + 20 * HOUR_MS + 7 * MINUTE_MS;
    const inOrder = live(readings).assess(now);
    const random = numbers(seed + 100);
    const station = airKind.live(STATION, standards);
    // Asked in between, so that nothing it remembers may depend on the order.
    shuffled(readings, random).forEach((each, i) => {
      station.accept(each);
      if (i % 37 === 0) station.assess(now - Math.floor(random() * HOUR_MS * 3));
    });
    expect(station.assess(now)).toEqual(inOrder);
    const expected = batch(readings, DAY + 20 * HOUR_MS);
    expect({ end: inOrder.end, aqi: inOrder.detail.aqi, primary: inOrder.detail.primary }).toEqual(expected);
  });

  test('live equals batch at every hour while readings come late', () => {
    const readings = generated(11);
    const station = airKind.live(STATION, standards);
    const random = numbers(12);
    const arriving = readings
      .map((each) => ({ each, arrival: each.at + (random() < 0.1 ? random() * 6 * HOUR_MS : 0) }))
      .sort((a, b) => a.arrival - b.arrival);
    let next = 0;
    for (let end = DAY - 22 * HOUR_MS; end <= DAY + 20 * HOUR_MS; end += HOUR_MS) {
      for (; next < arriving.length && arriving[next]!.arrival <= end; next += 1) station.accept(arriving[next]!.each);
      const assessment = station.assess(end);
      const known = arriving.slice(0, next).map(({ each }) => each);
      expect({ end: assessment.end, aqi: assessment.detail.aqi, primary: assessment.detail.primary }).toEqual(batch(known, end));
    }
  });

  test('what the station model sends, with gaps, late and corrected readings, is judged live as in one batch', () => {
    const random = numbers(41);
    const model = airKind.model(STATION, 7);
    const sent: Reading[] = [];
    for (let at = DAY - 24 * HOUR_MS + PERIOD; at <= DAY + 24 * HOUR_MS; at += PERIOD) {
      const samples = model.step(at, WEATHER);
      // One hour in eight the line is down.
      if (Math.floor(at / HOUR_MS) % 8 === 3 && random() < 0.6) continue;
      for (const { values } of samples) sent.push(reading(at, values, { origin: 'simulated' }));
    }
    const known: Reading[] = [];
    const station = airKind.live(STATION, standards);
    const arriving = sent
      .map((each) => ({ each, arrival: each.at + (random() < 0.05 ? random() * 5 * HOUR_MS : 0) }))
      .sort((a, b) => a.arrival - b.arrival);
    let next = 0;
    for (let now = DAY - 22 * HOUR_MS; now <= DAY + 24 * HOUR_MS; now += HOUR_MS / 2) {
      for (; next < arriving.length && arriving[next]!.arrival <= now; next += 1) {
        known.push(arriving[next]!.each);
        station.accept(arriving[next]!.each);
      }
      if (random() < 0.2) {
        const wrong = known.length - 1 - Math.floor(random() * Math.min(100, known.length));
        known[wrong] = { ...known[wrong]!, values: { ...known[wrong]!.values, pm25: 120 }, correction: true, rev: 1 };
        station.rebuild(known);
      }
      expect(station.assess(now)).toEqual(live([...known].sort((a, b) => a.at - b.at)).assess(now));
    }
  });

  test('after a correction a rebuild equals a station that never saw the old value', () => {
    const readings = generated(21);
    const corrected = readings.map((each, i) =>
      i % 50 === 0 ? { ...each, values: { ...each.values, pm25: 300 }, correction: true, rev: 1 } : each,
    );
    const station = live(readings);
    const now = DAY + 20 * HOUR_MS;
    station.assess(now);
    station.rebuild(corrected);
    expect(station.assess(now)).toEqual(live(corrected).assess(now));
  });

  test('nothing new is told at once, and the held window reaches back two days', () => {
    const station = live(generated(31));
    const now = DAY + 20 * HOUR_MS;
    const first = station.assess(now);
    expect(station.assess(now + MINUTE_MS)).toBe(first);
    expect(station.heldSince(now)).toBe(now - 48 * HOUR_MS);
  });
});

describe('signals', () => {
  const signalOf = (pm25: number | undefined) => {
    const values: Values = pm25 === undefined ? { so2: 5 } : { ...CLEAN, pm25 };
    const hour = Array.from({ length: 12 }, (_, i) => reading(DAY + (i + 1) * PERIOD, values));
    return airKind.signals(live(hour).assess(DAY + HOUR_MS), STATION)[0];
  };

  test.each([
    [61, 101, 4, false],
    [116, 152, 3, false],
    [151, 201, 2, false],
    [251, 301, 1, false],
    [60, 100, null, false],
    [58, 96, null, true],
    [20, 40, null, true],
  ])('PM2.5 %d is AQI %d: level %s, clear %s', (pm25, aqi, level, clear) => {
    expect(signalOf(pm25)).toMatchObject({ rule: 'air-category', metric: 'aqi', value: aqi, level, clear, at: DAY + HOUR_MS });
  });

  test('NA neither raises nor clears, and before the first reading there is no signal', () => {
    expect(signalOf(undefined)).toMatchObject({ value: null, level: null, clear: false });
    expect(airKind.signals(live([]).assess(DAY), STATION)).toEqual([]);
  });
});

describe('district value of the hour', () => {
  const member = (id: string, pm25: number, end = DAY + HOUR_MS) => {
    const station = airKind.live({ ...STATION, id }, standards);
    for (let i = 11; i >= 0; i -= 1) station.accept(reading(end - i * PERIOD, { ...CLEAN, pm25 }, { station: id }));
    return station.assess(DAY + 2 * HOUR_MS);
  };

  test('averages the concentrations of the stations that have the newest hour', () => {
    const district = districtAssessment('district', [member('a', 30), member('b', 90), member('c', 400, DAY)], standards)!;
    expect(district).toMatchObject({ station: 'district', end: DAY + HOUR_MS, figure: { value: 100 } });
    expect(district.detail.pollutants.pm25.value).toBe(60);
    expect(district.detail.today.pollutants.pm25).toMatchObject({ value: 60, valid: 1 });
  });

  test('without a valid hour anywhere there is none', () => {
    expect(districtAssessment('district', [live([]).assess(DAY)], standards)).toBeUndefined();
    expect(districtAssessment('district', [], standards)).toBeUndefined();
  });
});
