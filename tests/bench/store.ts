import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { DuckdbSeries } from '@clearbay/store/series/duckdb/duckdb-series.ts';
import { type Figure, figure, median } from './figure.ts';

const POINTS = Number(process.env.CLEARBAY_BENCH_POINTS ?? 50_000_000);
const SINGLE = 500_000;
const METRICS = [
  'pm25',
  'pm10',
  'so2',
  'no2',
  'o3',
  'co',
  'temperature',
  'humidity',
  'pressure',
  'wind_speed',
  'wind_direction',
  'voc',
];
const STATIONS = 834;
const YEAR_STATIONS = 20;
const END = Date.UTC(2026, 10, 1);

function message(station: string, at: number, values: Record<string, number>): Reading {
  return {
    station,
    device: `${station}-d`,
    at,
    receivedAt: at + 500,
    origin: 'simulated',
    periodMs: MINUTE_MS,
    values,
    historical: false,
    correction: false,
    rev: 0,
  };
}

/** Appends in calls of 20 with 2,000 readings in flight, as the broker does under load. Gives main-thread µs a reading. */
async function appendAll(ledger: SqliteLedger, count: number, make: (index: number) => Reading) {
  const waiting: Promise<Uint8Array>[] = [];
  let packing = 0;
  for (let next = 0; next < count; next += 20) {
    const call: Reading[] = [];
    for (let index = next; index < Math.min(count, next + 20); index++) call.push(make(index));
    const before = performance.now();
    waiting.push(ledger.append(call));
    packing += performance.now() - before;
    if (waiting.length < 100) continue;
    await waiting.shift();
  }
  await Promise.all(waiting);
  return (packing * 1000) / count;
}

async function medianTime(runs: number, work: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const before = performance.now();
    if ((await work()) === 0) throw new Error('the benchmark query found nothing');
    times.push(performance.now() - before);
  }
  return median(times);
}

/** Ledger, drain and queries of the embedded store, filled with 50 million points or as many as `CLEARBAY_BENCH_POINTS` says. */
export async function store(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-store-'));
  const ledgerFile = join(folder, 'ledger.db');
  const ledger = new SqliteLedger({ file: ledgerFile, retentionMs: DAY_MS, maxBytes: 1e11 });
  const series = new DuckdbSeries({
    file: join(folder, 'series.duckdb'),
    ledgerFile,
    retention: { rawMs: 4000 * DAY_MS, hourMs: 4000 * DAY_MS },
  });
  const figures: Figure[] = [];
  try {
    await ledger.start();
    const singles = Array.from({ length: SINGLE }, (_, index) =>
      message(`live-${index % 100}`, END - DAY_MS + Math.floor(index / 100) * 1000, { level: (index % 977) / 100 }),
    );
    const before = performance.now();
    const packingMicros = await appendAll(ledger, SINGLE, (index) => singles[index] as Reading);
    figures.push(figure('ledger, single values', (SINGLE / (performance.now() - before)) * 1000, 'readings/s', 250_000));
    figures.push(figure('ledger, main thread', packingMicros, 'µs/reading', 1.5));

    figures.push(figure('drain, single values', await drainRate(series, SINGLE), 'points/s', 300_000));

    const hours = 365 * 24;
    await appendAll(ledger, YEAR_STATIONS * hours, (index) =>
      message(`year-${index % YEAR_STATIONS}`, END - (hours - Math.floor(index / YEAR_STATIONS)) * HOUR_MS, {
        pm25: (index % 997) / 10,
      }),
    );
    await appendAll(ledger, 1440, (index) => message('minute', END - DAY_MS + index * MINUTE_MS, { pm25: (index % 997) / 10 }));
    await series.stop();

    const rest = Math.max(1, Math.ceil((POINTS - SINGLE - YEAR_STATIONS * hours) / METRICS.length / STATIONS));
    const messages = rest * STATIONS;
    await appendAll(ledger, messages, (index) =>
      message(
        `air-${index % STATIONS}`,
        END - (rest - Math.floor(index / STATIONS)) * MINUTE_MS,
        Object.fromEntries(METRICS.map((metric, place) => [metric, ((index * 7 + place * 13) % 1000) / 10])),
      ),
    );
    figures.push(
      figure(
        'drain, twelve values',
        await drainRate(series, YEAR_STATIONS * hours + 1440 + messages * METRICS.length),
        'points/s',
        300_000,
      ),
    );

    const year = Array.from({ length: YEAR_STATIONS }, (_, index) => `year-${index}`);
    const day = { station: 'minute', metric: 'pm25', from: END - DAY_MS, to: END };
    figures.push(figure('latest of 10,000 series', await medianTime(5, async () => (await series.latest()).length), 'ms', 50));
    figures.push(
      figure('24 h raw of a series', await medianTime(5, async () => (await series.series(day)).points.length), 'ms', 20),
    );
    const rollups = () => series.rollups({ level: 'hour', stations: year, from: END - 365 * DAY_MS, to: END });
    figures.push(figure('year of hourly means, 20 series', await medianTime(5, async () => (await rollups()).length), 'ms', 300));
    return figures;
  } finally {
    await series.stop();
    await ledger.stop();
    await rm(folder, { recursive: true });
  }
}

/** Points a second from a cold start of the store until everything is written and rolled up. */
async function drainRate(series: DuckdbSeries, points: number): Promise<number> {
  const before = performance.now();
  await series.start();
  await series.drained();
  return (points / (performance.now() - before)) * 1000;
}
