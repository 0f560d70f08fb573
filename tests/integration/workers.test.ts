import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@clearbay/contract/topics.ts';
import { workerOf } from '@clearbay/pipeline/external/worker-share.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { spawnClearbay } from '../harness/clearbay.ts';
import { describeWithInfluxd, Influxd } from '../harness/influxd.ts';
import { askInflux } from './external-influx.ts';
import { describeWithMosquitto, Mosquitto, until } from './external-mosquitto.ts';

const STATIONS = Array.from({ length: 12 }, (_, index) => `air-${index + 1}`);
const FIRST_AT = Math.floor(Date.now() / 1000) * 1000 - 2 * 3_600_000;
const EACH = 600;

function configOf(mqtt: string, influx: string) {
  return {
    mqtt: { external: { url: mqtt, clientId: 'bay' } },
    series: { influxUrl: influx },
    district: {
      id: 'shared',
      name: { zh: '分担', en: 'shared' },
      towns: [{ id: 'town', name: { zh: '镇', en: 'town' } }],
      stations: STATIONS.map((id) => ({
        id,
        kind: 'air',
        name: { zh: id, en: id },
        town: 'town',
        position: { lon: 118.75, lat: 24.9 },
        devices: [{ id: `${id}-a`, periodSeconds: 60 }],
      })),
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await until(() => text.includes('\n') || child.exitCode !== null, 'the worker has started', 25_000);
  return text.split('\n')[0] ?? '';
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

const suite = () => {
  let folder: string;
  let mosquitto: Mosquitto;
  let influx: Influxd;
  let sender: MqttClient;
  const workers = new Map<number, ChildProcess>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'workers-'));
    mosquitto = new Mosquitto(folder);
    influx = new Influxd(folder);
    await Promise.all([mosquitto.start(), influx.start()]);
    await writeFile(join(folder, 'clearbay.yaml'), stringify(configOf(mosquitto.url, influx.url)));
    sender = await connectAsync(mosquitto.url, { clientId: 'field', protocolVersion: 4 });
  });
  afterAll(async () => {
    sender?.end(true);
    for (const worker of workers.values()) await kill(worker, 'SIGKILL');
    await mosquitto?.remove();
    await influx?.kill();
    await rm(folder, { recursive: true });
  });

  const data = (index: number) => join(folder, `data-${index}`);
  const start = async (index: number) => {
    await mkdir(data(index), { recursive: true });
    const own = ['--config', join(folder, 'clearbay.yaml'), '--data', data(index)];
    const child = spawnClearbay(['start', '--json', '--role', 'ingest', '--worker', `${index}/2`, ...own]);
    workers.set(index, child);
    const line = JSON.parse(await firstLine(child));
    expect(line).toEqual({ role: 'ingest', worker: `${index}/2`, pid: child.pid });
    return child;
  };
  const publish = (station: string, index: number) =>
    sender.publishAsync(
      topics.readings('air', station, `${station}-a`),
      JSON.stringify({ at: FIRST_AT + index * 1000, values: { pm25: 20 + (index % 30), o3: 80 } }),
      { qos: 1 },
    );
  const counts = async (query: string) =>
    new Map((await askInflux(influx.url, query)).map((row) => [`${row.station} ${row.metric}`, row.sum ?? row.count]));
  const rawCounts = () => counts('SELECT count("v") FROM "raw"."reading" GROUP BY "station", "metric"');
  const total = (figures: ReadonlyMap<string, unknown>) =>
    [...figures.values()].reduce((sum: number, one) => sum + Number(one), 0);
  const ofWorker = (figures: ReadonlyMap<string, unknown>, index: number) =>
    total(new Map([...figures].filter(([name]) => workerOf(name.split(' ')[0] ?? '', 2) === index)));

  test('one of two workers is killed under load: everything acknowledged is stored exactly once, the other goes on', {
    timeout: 55_000,
  }, async () => {
    expect(new Set(STATIONS.map((station) => workerOf(station, 2))).size).toBe(2);
    const [first] = await Promise.all([start(1), start(2)]);
    let acknowledged = 0;
    const load = (async () => {
      for (let index = 0; index < EACH; index += 1) {
        await Promise.all(STATIONS.map((station) => publish(station, index)));
        acknowledged += STATIONS.length;
        await sleep(5);
      }
    })();
    await until(async () => ofWorker(await rawCounts(), 1) > 100, 'the first worker stores');
    await kill(first, 'SIGKILL');
    const atDeath = await rawCounts();
    const published = acknowledged;
    await until(() => acknowledged > published + 600, 'more is published meanwhile');
    await until(
      async () => ofWorker(await rawCounts(), 2) > ofWorker(atDeath, 2) + 200,
      'the second worker stores while the first is dead',
    );
    const whileDead = await rawCounts();
    expect(acknowledged).toBeLessThan(EACH * STATIONS.length);
    await start(1);
    await load;
    expect(acknowledged).toBe(EACH * STATIONS.length);
    const expected = new Map(
      STATIONS.flatMap((station) => ['pm25', 'o3'].map((metric) => [`${station} ${metric}`, EACH] as const)),
    );
    await until(async () => total(await rawCounts()) >= 2 * acknowledged, 'everything is stored', 20_000);
    const sorted = (figures: ReadonlyMap<string, unknown>) => [...figures].sort();
    expect(sorted(await rawCounts())).toEqual(sorted(expected));
    // A point written twice looks like one; the hours, which are summed up, would show it.
    const hourCounts = () => counts('SELECT sum("n") FROM "hour"."hour" GROUP BY "station", "metric"');
    await until(async () => total(await hourCounts()) >= 2 * acknowledged, 'the hours are summed up');
    expect(sorted(await hourCounts())).toEqual(sorted(expected));
    expect(ofWorker(whileDead, 1) - ofWorker(atDeath, 1)).toBe(0);

    for (const [index, worker] of workers) {
      await kill(worker, 'SIGINT');
      expect(worker.exitCode).toBe(0);
      const log = await readFile(join(data(index), 'clearbay.log'), 'utf8');
      expect(log.split('\n').filter((line) => line.includes('MQTT broker'))).toEqual([]);
      expect(existsSync(join(data(index), 'series.duckdb'))).toBe(false);
    }
  });
};

describeWithMosquitto('two workers on one broker and one InfluxDB', () => describeWithInfluxd('with influxd', suite));
