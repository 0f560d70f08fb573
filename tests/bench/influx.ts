import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { InfluxSeries } from '@clearbay/store/series/influx/influx-series.ts';
import { INFLUXD, Influxd } from '../harness/influxd.ts';
import { type Figure, figure, median } from './figure.ts';

const ROUNDS = 3;
const POINTS = 600_000;
const STATIONS = 100;
const METRICS = ['pm25', 'pm10', 'so2', 'no2', 'o3', 'co'];
const BATCH_LINES = 5000;
const IN_FLIGHT = 2;
const WANTED_PER_SECOND = 100_000;

/** `width` values a reading: one of 100 stations each second, now. */
function reading(index: number, start: number, width: number): Reading {
  const station = `live-${index % STATIONS}`;
  const at = start + Math.floor(index / STATIONS) * 1000;
  const values = Object.fromEntries(METRICS.slice(0, width).map((metric, place) => [metric, ((index + place) % 977) / 10]));
  const shared = { origin: 'measured', periodMs: 1000, historical: false, correction: false, rev: 0 } as const;
  return { station, device: `${station}-1`, at, receivedAt: at + 500, values, ...shared };
}

/** The same points as bodies of line protocol, ready before the clock runs. */
function bodiesOf(readings: readonly Reading[]): Buffer[] {
  const lines = readings.flatMap(({ station, device, at, receivedAt, values }) =>
    Object.entries(values).map(
      ([metric, value]) =>
        `reading,device=${device},metric=${metric},station=${station} v=${value},rx=${receivedAt},q=16777216i ${at}`,
    ),
  );
  const bodies: Buffer[] = [];
  for (let first = 0; first < lines.length; first += BATCH_LINES) {
    bodies.push(Buffer.from(lines.slice(first, first + BATCH_LINES).join('\n')));
  }
  return bodies;
}

function post(agent: Agent, url: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent }, (answer) => {
      answer.resume();
      answer.once('end', () => (answer.statusCode === 204 ? resolve() : reject(new Error(`influxd: ${answer.statusCode}`))));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

/** Points a second of what only posts ready bodies, as many at once as the drain. */
async function bareRate(server: Influxd, database: string, bodies: readonly Buffer[], points: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  await post(agent, `${server.url}/query?q=${encodeURIComponent(`CREATE DATABASE ${database}`)}`, Buffer.alloc(0)).catch(
    () => {},
  );
  let next = 0;
  const lane = async () => {
    while (next < bodies.length) {
      const body = bodies[next++] as Buffer;
      await post(agent, `${server.url}/write?db=${database}&precision=ms`, body);
    }
  };
  const before = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  agent.destroy();
  return (points / (performance.now() - before)) * 1000;
}

/** Points a second from a cold start of the store until the ledger is drained and its hours and days are pushed. */
async function drainRate(server: Influxd, folder: string, database: string, points: number): Promise<number> {
  const series = new InfluxSeries({
    url: server.url,
    database,
    ledgerFile: join(folder, 'ledger.db'),
    stateFile: join(folder, `${database}.db`),
  });
  const before = performance.now();
  await series.start();
  await series.drained();
  const seconds = (performance.now() - before) / 1000;
  await series.stop();
  return points / seconds;
}

/** The drain into a real influxd beside a bare line-protocol writer of the same points, alternating in one run. */
export async function influx(): Promise<Figure[]> {
  if (!existsSync(INFLUXD)) throw new Error('influxd is not installed');
  const figures: Figure[] = [];
  for (const [name, width] of [
    ['single values', 1],
    ['six values', METRICS.length],
  ] as const) {
    const folder = await mkdtemp(join(tmpdir(), 'bench-influx-'));
    const server = new Influxd(folder);
    const ledger = new SqliteLedger({ file: join(folder, 'ledger.db'), retentionMs: DAY_MS, maxBytes: 1e10 });
    try {
      await server.start();
      await ledger.start();
      const start = Date.now() - 4 * HOUR_MS;
      const readings = Array.from({ length: POINTS / width }, (_, index) => reading(index, start, width));
      for (let first = 0; first < readings.length; first += 1000) await ledger.append(readings.slice(first, first + 1000));
      const bodies = bodiesOf(readings);
      const bare: number[] = [];
      const drained: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        bare.push(await bareRate(server, `bare_${round}`, bodies, POINTS));
        drained.push(await drainRate(server, folder, `drain_${round}`, POINTS));
      }
      figures.push(figure(`influx, ${name}: drain against a bare writer`, median(drained), 'points/s', median(bare)));
      figures.push(figure(`influx, ${name}: drain against what is wanted`, median(drained), 'points/s', WANTED_PER_SECOND));
    } finally {
      await ledger.stop();
      await server.kill();
      await rm(folder, { recursive: true });
    }
  }
  return figures;
}
