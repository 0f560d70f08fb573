import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HealthView, StationDetailView, StatusView } from '@clearbay/contract/api.ts';
import { topics } from '@clearbay/contract/topics.ts';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { clearbay } from '../harness/clearbay.ts';
import { describeWithInfluxd, Influxd } from '../harness/influxd.ts';
import { type RunningSystem, startSystem } from '../harness/system.ts';
import { askInflux } from './external-influx.ts';
import { describeWithMosquitto, Mosquitto, until } from './external-mosquitto.ts';

const STATION = 'air-1';
const READINGS = topics.readings('air', STATION, 'air-1-a');
const district = {
  id: 'outgrown',
  name: { zh: '外部服务', en: 'servers outside' },
  towns: [{ id: 'town', name: { zh: '镇', en: 'town' } }],
  stations: [
    {
      id: STATION,
      kind: 'air',
      name: { zh: '一号站', en: 'station one' },
      town: 'town',
      position: { lon: 118.75, lat: 24.9 },
      devices: [{ id: 'air-1-a', periodSeconds: 60 }],
    },
  ],
};

const suite = () => {
  let folder: string;
  let mosquitto: Mosquitto;
  let influx: Influxd;
  let system: RunningSystem | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'external-system-'));
    mosquitto = new Mosquitto(folder);
    influx = new Influxd(folder);
    // They have their addresses once they ran.
    await Promise.all([mosquitto.start(), influx.start()]);
  });
  afterEach(async () => {
    await system?.stop();
    await mosquitto.remove();
    await influx.kill();
    await rm(folder, { recursive: true });
  });

  const health = (running: RunningSystem) => running.api<HealthView>('/health');

  test('the whole system starts and answers without both, and is whole when they come', { timeout: 55_000 }, async () => {
    await Promise.all([mosquitto.stop(), influx.kill()]);
    const running = await startSystem({
      config: { mqtt: { external: { url: mqttAddress(mosquitto.url) } }, series: { influxUrl: influx.url }, district },
      args: ['--broker', mosquitto.url],
    });
    system = running;
    expect(running.mqttPort).toBeUndefined();
    await until(async () => (await health(running)).reasons.length === 2, 'both are missed');
    const away = await health(running);
    expect(away).toMatchObject({ live: true, ready: true, state: 'degraded' });
    expect(away.reasons.find((reason) => reason.startsWith(`MQTT broker ${mosquitto.url}: ECONNREFUSED`))).toBeDefined();
    expect(away.reasons.find((reason) => reason.startsWith('series store: '))).toBeDefined();
    expect((await running.api<StationDetailView>(`/stations/${STATION}`)).station.id).toBe(STATION);

    await mosquitto.start();
    await until(async () => (await health(running)).reasons.length === 1, 'the broker is back', 20_000);
    const client = await connectAsync(mosquitto.url, { clientId: 'air-1-a' });
    const at = Date.now() - 60_000;
    await client.publishAsync(READINGS, JSON.stringify({ at, values: { pm25: 35.5 } }), { qos: 1 });
    await client.publishAsync(READINGS, JSON.stringify({ at, values: { pm25: 35.5 } }), { qos: 1 });
    await until(async () => (await running.api<StatusView>('/status')).duplicates === 1, 'both copies have arrived');
    expect((await running.api<StationDetailView>(`/stations/${STATION}`)).latest).toMatchObject([{ at, value: 35.5 }]);
    const told: string[] = [];
    client.on('message', (topic) => told.push(topic));
    await client.subscribeAsync(topics.state('+', '+'));
    await until(() => told.includes(topics.state('air', STATION)), 'the state is retained at the broker');
    await client.endAsync();

    await influx.start();
    await until(async () => (await health(running)).state === 'ok', 'InfluxDB is back', 20_000);
    await until(
      async () => (await askInflux(influx.url, 'SELECT "v" FROM "raw"."reading"')).length === 1,
      'what waited is in InfluxDB',
    );
    expect(await askInflux(influx.url, 'SELECT "v" FROM "raw"."reading"')).toEqual([{ time: at, v: 35.5 }]);
    expect(await running.stop()).toBe(0);
    system = undefined;
  });
};

/** The same broker under another name, which the option must win over. */
function mqttAddress(url: string): string {
  return url.replace('127.0.0.1', 'unreachable.invalid');
}

describeWithMosquitto('the system on servers outside', () => describeWithInfluxd('with influxd', suite));

test('what cannot be started is told in a sentence', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'external-refused-'));
  const config = join(folder, 'clearbay.yaml');
  await writeFile(
    config,
    stringify({ mqtt: { external: { url: 'mqtts://127.0.0.1', ca: join(folder, 'nowhere.pem') } }, district }),
  );
  const cases: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
    [['--role', 'console'], /^There is no role "console"\. The roles are all and ingest\.$/m],
    [['--role', 'ingest'], /^The role ingest takes its readings from a broker outside/m],
    [['--worker', '1/2'], /^--worker divides the stations among processes of --role ingest\.$/m],
    [['--role', 'ingest', '--worker', '3/2', '--broker', 'mqtt://127.0.0.1'], /^--worker 3\/2 is no share of the stations/m],
    [['--broker', 'http://127.0.0.1'], /settings\.mqtt\.external\.url: the address of an MQTT broker is expected/],
    [['--config', config], /^The authority of the MQTT broker \(mqtt\.external\.ca\) cannot be read: ENOENT/m],
    [['--influx', 'udp://127.0.0.1'], /settings\.series\.influxUrl: the address of InfluxDB is expected/],
  ];
  for (const [args, sentence] of cases) {
    const { code, stderr } = await clearbay(['start', '--data', join(folder, 'data'), ...args]);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
  }
  await rm(folder, { recursive: true });
});
