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

describeWithRealData('hourly data of Quanzhou, April 2020', (folder) => {
  test('live assessment, batch judging and the published AQI agree at every hour, with gaps, late and shuffled readings', () => {
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
});
