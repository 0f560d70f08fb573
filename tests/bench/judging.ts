import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { chooseEdition } from '@clearbay/domain/kinds/air/edition-choice.ts';
import { judgeHours } from '@clearbay/domain/kinds/air/hour.ts';
import { type HourRow, hourTable } from '@clearbay/domain/kinds/air/hour-table.ts';
import { assessHourRow } from '@clearbay/domain/kinds/air/row.ts';
import { POLLUTANTS } from '@clearbay/domain/kinds/air/standard.ts';
import { judgeYear } from '@clearbay/domain/kinds/air/year.ts';
import { HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { type Figure, median } from './figure.ts';

const STATIONS = 5;
const YEAR = 2025;
const PERIOD_MS = 300_000;
const ROUNDS = 5;
const ROWS = 100_000;
const SPAN = { firstEnd: startOfDate(`${YEAR}-01-01`) + HOUR_MS, lastEnd: startOfDate(`${YEAR + 1}-01-01`) };

/** A year of hourly rows of one station: 5-minute reports, some hours short of a report or two. */
function yearOfRows(station: number): HourRow[] {
  let state = 12_345 + station;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const levels: Record<string, number> = { so2: 6, no2: 22, co: 0.6, o3: 75, pm10: 42, pm25: 22 };
  const rows: HourRow[] = [];
  for (let at = SPAN.firstEnd; at <= SPAN.lastEnd; at += HOUR_MS) {
    for (const metric of POLLUTANTS) {
      const validCount = random() < 0.05 ? 8 + Math.floor(random() * 4) : 12;
      const mean = (levels[metric] ?? 1) * (0.2 + 1.8 * random());
      rows.push({
        metric,
        at,
        validCount,
        validMs: validCount * PERIOD_MS,
        sumMicro: Math.round(mean * 1000) * 1000 * validCount,
      });
    }
  }
  return rows;
}

function timed(work: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return median(rounds);
}

/** Re-judging a year of five stations under three editions (aim: under 1 s), and judging single hourly rows (aim: under 5 µs). */
export async function judging(): Promise<Figure[]> {
  const standards = loadAirStandards();
  const stations = Array.from({ length: STATIONS }, (_, station) => yearOfRows(station));
  const choices = standards.editions.map((edition) => chooseEdition(standards, edition.id));
  const yearMs = timed(() => {
    for (const rows of stations) {
      for (const choose of choices) {
        const table = hourTable(rows, SPAN, choose(`${YEAR}-01-01`).validity);
        judgeHours(table, SPAN, choose);
        judgeYear(table, YEAR, choose);
      }
    }
  });
  const edition = standards.editions[1] ?? standards.editions[0];
  if (edition === undefined) throw new Error('no edition of the air standard');
  const values = Array.from({ length: ROWS }, (_, i) => ({
    so2: i % 40,
    no2: i % 90,
    co: (i % 30) / 10,
    o3: i % 250,
    pm10: i % 200,
    pm25: i % 130,
  }));
  const rowsMs = timed(() => {
    for (const row of values) assessHourRow(row, edition);
  });
  const rowUs = (rowsMs * 1000) / ROWS;
  const hourly = STATIONS * POLLUTANTS.length * ((SPAN.lastEnd - SPAN.firstEnd) / HOUR_MS + 1);
  return [
    {
      name: `year of ${STATIONS} air stations (${hourly} hourly values) re-judged under ${choices.length} editions`,
      value: yearMs,
      unit: 'ms',
      reference: 1000,
      ratio: yearMs / 1000,
    },
    { name: 'one hourly air row assessed', value: rowUs, unit: 'µs', reference: 5, ratio: rowUs / 5 },
  ];
}
