import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashPassword } from '@clearbay/broker/access/password-hash.ts';
import type { AlertPageView, AlertView, OverviewView } from '@clearbay/contract/api.ts';
import { topics } from '@clearbay/contract/topics.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, expect } from 'vitest';
import { LivePage } from '../console-server/live-page.ts';
import { print } from './book.ts';
import { Hog, mountSmallDisk, testWithSmallDisk, unmount } from './disks.ts';
import { topicOf } from './district.ts';
import { install, MortalSystem, PASSWORD, removeFolder } from './mortal-system.ts';

const MEBIBYTES = 20;
const GAUGE = 'flood-1-a';
/** Above the guaranteed level of 4 m from the first on: minute before now, m. */
const WAVE = [
  [-10, 4.2],
  [-8, 4.4],
  [-6, 4.5],
  [-4, 4.6],
  [-2, 4.7],
  [-1, 4.8],
  [0, 4.9],
] as const;

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function connect(port: number, user: string): Promise<MqttClient> {
  const client = await connectAsync({
    host: '127.0.0.1',
    port,
    username: user,
    clientId: user,
    password: PASSWORD,
    reconnectPeriod: 200,
  });
  undo.push(() => client.endAsync(true));
  client.on('error', () => undefined);
  return client;
}

/** Waits for something that comes within seconds; fails with what it is. */
async function within(ms: number, what: string, holds: () => boolean | Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > ms) throw new Error(`still waiting: ${what}`);
    await sleep(50);
  }
  return Math.round(performance.now() - began);
}

testWithSmallDisk(
  'F5: a flood that comes while the disk is full is told from memory within seconds, and stays one alert when it is stored',
  120_000,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clearbay-full-'));
    undo.push(() => removeFolder(folder));
    const disk = mountSmallDisk(folder, MEBIBYTES) as string;
    undo.push(() => unmount(disk));
    const installation = await install(folder, { air: 1, flood: 1 }, {}, disk);
    const state = new SqliteState(join(disk, 'state.sqlite'));
    await state.start();
    const passwordHash = await hashPassword(PASSWORD, { memoryKiB: 1024, passes: 1 });
    await state.accounts.saveUser({ name: 'duty', role: 'duty', passwordHash });
    await state.stop();
    const system = new MortalSystem(installation);
    undo.push(() => system.kill());
    await system.start();

    const now = Date.now();
    const gauge = await connect(system.mqttPort, GAUGE);
    const send = (minute: number, level: number) =>
      gauge.publishAsync(topicOf(GAUGE), JSON.stringify({ at: now + minute * MINUTE_MS, values: { level } }), { qos: 1 });
    await send(-12, 2);
    const onMqtt: AlertView[] = [];
    const watcher = await connect(system.mqttPort, 'duty');
    watcher.on('message', (_, payload) => {
      if (payload.length > 0) onMqtt.push(JSON.parse(payload.toString()) as AlertView);
    });
    await watcher.subscribeAsync(topics.alert('+'), { qos: 1 });
    const page = new LivePage(system.url, { extraHeaders: { authorization: `Bearer ${installation.token}` } });
    undo.push(() => page.close());
    expect(await page.connected()).toBeUndefined();
    expect(await page.join({ room: 'overview' })).toBeUndefined();

    const hog = new Hog(disk);
    undo.push(() => hog.leave());
    const air = await connect(system.mqttPort, 'air-1-a');
    for (let at = now; (await system.health()).state !== 'down'; at += 1) {
      expect(at - now).toBeLessThan(100);
      void air.publishAsync(topicOf('air-1-a'), JSON.stringify({ at, values: { pm25: 20 } }), { qos: 1 }).catch(() => undefined);
      await sleep(200);
    }
    const acceptedBefore = (await system.status()).accepted;
    let acknowledged = 0;
    const owed = WAVE.map(([minute, level]) =>
      send(minute, level).then(() => {
        acknowledged += 1;
      }),
    );

    const ofGauge = (alert: AlertView) => alert.rule === 'flood-level' && alert.station === 'flood-1';
    const alerts = async (query: string) => (await system.api<AlertPageView>(`/alerts?${query}`)).alerts.filter(ofGauge);
    const onApiMs = await within(5000, 'the alert on the API', async () => (await alerts('state=open')).length === 1);
    const onPageMs = await within(5000, 'the alert on the page', () => page.alerts.some(ofGauge));
    const onMqttMs = await within(5000, 'the alert on MQTT', () => onMqtt.some(ofGauge));
    const [raised] = (await system.api<OverviewView>('/overview')).alerts.filter(ofGauge);
    expect(raised?.text.en).toContain('judged before the readings were stored');
    expect(raised?.history[0]?.text.zh).toContain('判定时读数尚未存盘');
    expect(await system.health()).toMatchObject({ state: 'down', ready: false });
    expect((await system.status()).accepted).toBe(acceptedBefore);
    expect(acknowledged).toBe(0);

    await hog.leave();
    const recoveredMs = await within(15_000, 'the disk to take readings', async () => (await system.health()).ready);
    await Promise.all(owed);
    await system.drained();
    expect((await system.status()).accepted).toBeGreaterThanOrEqual(acceptedBefore + WAVE.length);
    await within(10_000, 'the alert to be stored', async () => (await alerts('state=all')).length > 0);
    expect((await alerts('state=all')).map(({ id }) => id)).toEqual([raised?.id]);

    await gauge.endAsync(true);
    await system.kill();
    await system.start();
    expect((await alerts('state=all')).map(({ id }) => id)).toEqual([raised?.id]);
    expect((await alerts('state=open')).map(({ id }) => id)).toEqual([raised?.id]);
    expect(new Set(onMqtt.filter(ofGauge).map(({ id }) => id))).toEqual(new Set([raised?.id]));
    const opened = page.alerts.filter((alert) => ofGauge(alert) && alert.version === 1);
    expect(opened).toHaveLength(1);
    print('F5 flood while the disk is full', {
      'on the API after ms': onApiMs,
      'on the page after ms': onPageMs,
      'on MQTT after ms': onMqttMs,
      'recovered after ms': recoveredMs,
    });
  },
);
