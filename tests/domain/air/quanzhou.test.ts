import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { pollutantsOf } from '@clearbay/domain/kinds/air/aqi.ts';
import { chooseEdition } from '@clearbay/domain/kinds/air/edition-choice.ts';
import { judgeHours } from '@clearbay/domain/kinds/air/hour.ts';
import { hourTable } from '@clearbay/domain/kinds/air/hour-table.ts';
import { airKind } from '@clearbay/domain/kinds/air/kind.ts';
import { readingHours } from '@clearbay/domain/kinds/air/reading-hours.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { describeWithRealData } from '../../harness/real-data.ts';
import { numbers, reading, STATION, shuffled } from './air-readings.ts';

const standards = loadAirStandards();
const COLUMNS = { so2: 'SO2', no2: 'NO2', co: 'CO', o3: 'O3_1h', pm10: 'PM10', pm25: 'PM2.5' };

interface Published {
  readonly station: string;
  readonly at: number;
  readonly aqi: number | null;
}

/** Readings of the record by station and hour, and what was published with them. */
function recorded(folder: string) {
  const rows = parse(readFileSync(join(folder, 'air_station_hourly_2020/泉州.csv')), { columns: true, bom: true }) as Record<
    string,
    string
  >[];
  const readings = new Map<string, Reading>();
  const published: Published[] = [];
  for (const row of rows) {
    const station = row.WatchPoint!;
    const date = `${row.Date!.slice(0, 4)}-${row.Date!.slice(4, 6)}-${row.Date!.slice(6, 8)}`;
    const at = startOfDate(date) + Number(row.Hour) * HOUR_MS;
    const known = Object.entries(COLUMNS).filter(([, column]) => !['', 'NaN'].includes(row[column]!));
    const values = Object.fromEntries(known.map(([metric, column]) => [metric, Number(row[column])]));
    if (!readings.has(`${station} ${at}`))
      published.push({ station, at, aqi: ['', 'NaN'].includes(row.AQI!) ? null : Number(row.AQI) });
    readings.set(`${station} ${at}`, reading(at, values, { station, origin: 'replayed', periodMs: HOUR_MS }));
  }
  return { readings, published };
}

describeWithRealData('hourly data of Quanzhou, April 2020', (folder) => {
  test('live assessment, batch judging and the published AQI agree at every hour, with gaps, late and shuffled readings', () => {
    const { readings, published } = recorded(folder);
    let compared = 0;
    let matched = 0;
    for (const station of new Set(published.map((each) => each.station))) {
      const own = [...readings.values()].filter((each) => each.station === station);
      const hours = published.filter((each) => each.station === station).sort((a, b) => a.at - b.at);
      const span = { firstEnd: hours[0]!.at, lastEnd: hours.at(-1)!.at };
      const table = hourTable(readingHours(own), span, standards.editions[0]!.validity);
      const judged = judgeHours(table, span, chooseEdition(standards));
      const live = airKind.live({ ...STATION, id: station }, standards);
      const mixed = airKind.live({ ...STATION, id: station }, standards);
      for (const { at, aqi } of hours) {
        const known = own.filter((each) => each.at <= at);
        live.accept(readings.get(`${station} ${at}`)!);
        mixed.rebuild(shuffled(known, numbers(at)));
        const now = live.assess(at);
        expect(mixed.assess(at)).toEqual(now);
        if (aqi === null) continue;
        compared += 1;
        const i = (at - span.firstEnd) / HOUR_MS;
        expect([now.end, now.detail.aqi, now.detail.primary]).toEqual([at, judged.aqi[i], pollutantsOf(judged.primary[i]!)]);
        if (now.detail.aqi === aqi) matched += 1;
      }
    }
    console.log(`Quanzhou 2020: live, batch and published AQI agree in ${matched} of ${compared} hours`);
    expect(compared).toBeGreaterThan(100);
    expect(matched).toBe(compared);
  });

  test('with late and corrected readings the whole live assessment is that of a batch of what was known, at every hour', () => {
    const { readings, published } = recorded(folder);
    const random = numbers(20_200_401);
    let compared = 0;
    let corrected = 0;
    for (const station of new Set(published.map((each) => each.station))) {
      // A tenth comes up to ten hours late; of another tenth the first value is wrong and put right up to ten hours later.
      const arriving = [...readings.values()]
        .filter((each) => each.station === station)
        .flatMap((each) => {
          const draw = random();
          const later = each.at + Math.ceil(random() * 10) * HOUR_MS;
          if (draw < 0.1) return [{ reading: each, arrival: later }];
          if (draw > 0.2) return [{ reading: each, arrival: each.at }];
          const wrong = { ...each, values: { ...each.values, pm25: 480 } };
          return [
            { reading: wrong, arrival: each.at },
            { reading: { ...each, correction: true, rev: 1 }, arrival: later },
          ];
        })
        .sort((a, b) => a.arrival - b.arrival);
      const known = new Map<number, Reading>();
      const live = airKind.live({ ...STATION, id: station }, standards);
      let next = 0;
      for (let at = arriving[0]!.arrival; at <= arriving.at(-1)!.arrival; at += HOUR_MS) {
        let rebuild = false;
        for (; next < arriving.length && arriving[next]!.arrival <= at; next += 1) {
          const { reading: each } = arriving[next]!;
          known.set(each.at, each);
          if (each.correction) rebuild = true;
          else live.accept(each);
        }
        if (rebuild) live.rebuild([...known.values()].filter((each) => each.at > live.heldSince(at)));
        corrected += rebuild ? 1 : 0;
        const batch = airKind.live({ ...STATION, id: station }, standards);
        for (const each of [...known.values()].sort((a, b) => a.at - b.at)) batch.accept(each);
        expect(live.assess(at)).toEqual(batch.assess(at));
        compared += 1;
      }
    }
    console.log(`Quanzhou 2020: ${compared} live assessments with late data and ${corrected} corrections equal the batch`);
    expect(compared).toBeGreaterThan(150);
    expect(corrected).toBeGreaterThan(5);
  });
});
