import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertPageView, AlertView, SeriesView, StatusView } from '@clearbay/contract/api.ts';
import { topics } from '@clearbay/contract/topics.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../harness/browser.ts';
import { type RunningSystem, startSystem } from '../harness/system.ts';
import { AIR, GAUGE, LINES, MEASURED, MEASURED_DEVICES, MeasuredDevice, Watcher } from './measured-district.ts';
import { eventually, Visitor } from './visitor.ts';

const PASSWORD = 'the bay is watched';
const GAUGE_TOPIC = topics.readings('flood', GAUGE, `${GAUGE}-a`);
const AIR_TOPIC = topics.readings('air', AIR, `${AIR}-a`);
const ALERTS = topics.alert('+');

// Browser and system share the machine with whatever else is tested.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

describeInBrowser('a measured day, from MQTT to the page', (browser) => {
  let folder: string;
  let system: RunningSystem;
  let gauge: MeasuredDevice;
  let air: MeasuredDevice;
  let visitor: Visitor;
  /** Event time of the newest level, epoch ms: half an hour is told in as many messages. */
  let at = Date.now() - 45 * MINUTE_MS;

  const start = async () => {
    system = await startSystem({
      config: MEASURED,
      devices: MEASURED_DEVICES,
      args: ['--no-simulators'],
      folder,
      adminPassword: PASSWORD,
    });
    gauge = await MeasuredDevice.connect(system, `${GAUGE}-a`);
    air = await MeasuredDevice.connect(system, `${AIR}-a`);
  };
  /** A level each minute of event time. */
  const levels = async (...values: readonly number[]) => {
    for (const level of values) {
      at += MINUTE_MS;
      await gauge.publish(GAUGE_TOPIC, { at, values: { level } });
    }
  };
  const shown = (value: string) =>
    visitor.page.locator('main tr', { hasText: 'water level' }).getByText(value, { exact: true }).waitFor();
  const levelAlert = (alerts: readonly AlertView[]) => alerts.find(({ rule }) => rule === 'flood-level');
  const alertsNow = async () => ({
    open: (await system.api<AlertPageView>('/alerts?state=open')).alerts,
    closed: (await system.api<AlertPageView>('/alerts?state=closed')).alerts,
  });
  const course = () =>
    system.api<SeriesView>(`/stations/${GAUGE}/series?metric=level&resolution=raw&from=${at - 60 * MINUTE_MS}&to=${at + 1}`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearbay-e2e-'));
    await start();
    visitor = await Visitor.arrive(browser(), { url: system.url });
    await visitor.signIn('admin', PASSWORD);
    await visitor.open(`/stations/${GAUGE}`);
  });
  afterAll(async () => {
    await visitor?.leave();
    await gauge?.leave();
    await air?.leave();
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('a published value stands on the station page without a reload, in well under a second', async () => {
    await visitor.page.evaluate('window.loadedOnce = true');
    await levels(1.0, 1.12);
    await shown('1.12');
    const sent = performance.now();
    await levels(1.37);
    await shown('1.37');
    expect(performance.now() - sent).toBeLessThan(1000);
    expect(await visitor.page.evaluate('window.loadedOnce')).toBe(true);
    expect(await visitor.text()).toContain('Test gauge');
  });

  test('a level over the line is an alert on the page, in the API and retained on MQTT', async () => {
    const watcher = await Watcher.watch(system, ALERTS, PASSWORD);
    await levels(1.8, 2.2, 2.6, 2.9, 3.12, 3.14);
    await visitor.page.locator('main').getByText('level over a line').first().waitFor();
    // It opens at the first line and is raised at the next: what stands after all levels are judged counts.
    const alert = await eventually('the alert at level III', 5000, async () => {
      const found = levelAlert((await alertsNow()).open);
      return found?.level === 3 ? found : undefined;
    });
    expect(alert).toMatchObject({ station: GAUGE, level: 3, condition: 'firing', threshold: LINES.warning, simulated: false });

    const topic = topics.alert(alert.id);
    const told = await eventually('the alert on MQTT', 5000, () => watcher.messages.get(topic));
    expect(JSON.parse(told.payload)).toMatchObject({ id: alert.id, station: GAUGE, rule: 'flood-level' });
    await watcher.leave();
    const late = await Watcher.watch(system, ALERTS, PASSWORD);
    expect(await eventually('the retained alert', 5000, () => late.messages.get(topic))).toMatchObject({ retained: true });
    await late.leave();

    await visitor.open('/alerts');
    const item = visitor.page.locator('main li.alert', { hasText: 'Test gauge' }).filter({ hasText: 'level over a line' });
    await item.getByText('level III').first().waitFor();
  });

  test('garbage is counted by its reason, and good devices and the console do not notice', async () => {
    await visitor.open('/status');
    const before = (await system.api<StatusView>('/status')).refused;
    const good = (index: number) => ({ at: Date.now() - 20 * MINUTE_MS + index * MINUTE_MS, values: { pm25: 30 + index } });
    const garbage: readonly [reason: string, topic: string, payload: string][] = [
      ['not-json', GAUGE_TOPIC, 'water level: high'],
      ['not-json', GAUGE_TOPIC, '{"values":{"level":NaN}}'],
      ['not-an-object', GAUGE_TOPIC, '7'],
      ['no-values', GAUGE_TOPIC, '{"values":"1.2"}'],
      ['not-a-number', GAUGE_TOPIC, '{"values":{"level":"1.2"}}'],
      ['not-finite', GAUGE_TOPIC, '{"values":{"level":1e400}}'],
      ['too-old', GAUGE_TOPIC, '{"at":"1970-01-01T08:00:00+08:00","values":{"level":1.2}}'],
      ['too-far-in-future', GAUGE_TOPIC, '{"at":"2099-01-01T00:00:00+08:00","values":{"level":1.2}}'],
      ['unknown-station', topics.readings('flood', 'no-such-gauge', `${GAUGE}-a`), '{"values":{"level":1.2}}'],
    ];
    for (const [index, [, topic, payload]] of garbage.entries()) {
      await gauge.publish(topic, payload);
      await air.publish(AIR_TOPIC, good(index));
    }
    const huge = await MeasuredDevice.connect(system, `${GAUGE}-a`, `${GAUGE}-a/huge`);
    await huge.publishToBeCutOff(GAUGE_TOPIC, Buffer.alloc(1024 * 1024, 0x61));
    await huge.leave();
    await air.publish(AIR_TOPIC, good(garbage.length));

    const { refused, accepted } = await system.api<StatusView>('/status');
    const counted = (reason: string) => (refused[reason] ?? 0) - (before[reason] ?? 0);
    const expected = Map.groupBy(garbage, ([reason]) => reason);
    for (const [reason, messages] of expected) expect([reason, counted(reason)]).toEqual([reason, messages.length]);
    expect(counted('packet-too-large')).toBe(1);
    expect(accepted).toBe(9 + garbage.length + 1);

    for (const reason of [...expected.keys(), 'packet-too-large']) {
      await visitor.page.locator('tr', { hasText: reason }).first().waitFor();
    }
    await visitor.open(`/stations/${AIR}`);
    await visitor.page
      .locator('main tr', { hasText: 'PM2.5' })
      .getByText(String(30 + garbage.length), { exact: true })
      .waitFor();
  });

  test('the alert recovers when the water has fallen for long enough, and its retained message is gone', async () => {
    const watcher = await Watcher.watch(system, ALERTS, PASSWORD);
    const { id = '' } = levelAlert((await alertsNow()).open) ?? {};
    await eventually('the retained alert', 5000, () => watcher.messages.get(topics.alert(id)));
    await levels(2.6, 2.1, 1.6, 1.2, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1);
    await eventually('the end of the alert', 5000, async () => levelAlert((await alertsNow()).open) === undefined);
    expect(levelAlert((await alertsNow()).closed)).toMatchObject({ id, condition: 'normal' });
    await eventually('the cleared message', 5000, () => watcher.messages.get(topics.alert(id))?.payload === '');
    await watcher.leave();
    await visitor.open('/alerts');
    await visitor.page.getByRole('button', { name: 'Recovered' }).click();
    await visitor.page.locator('main').getByText('level over a line').first().waitFor();
  });

  test('after a restart the same history and the same alerts are there, and the page comes back by itself', async () => {
    await levels(1.6, 2.1, 2.6, 3.2, 3.21);
    await eventually('the second alert', 5000, async () => levelAlert((await alertsNow()).open) !== undefined);
    const stored = await eventually('24 levels in the series', 10_000, async () => {
      const told = await course();
      return told.points.length === 24 && told;
    });
    const before = { alerts: await alertsNow(), points: stored.points };
    await gauge.leave();
    await air.leave();
    expect(await system.stop()).toBe(0);

    await start();
    expect(await alertsNow()).toEqual(before.alerts);
    expect((await course()).points).toEqual(before.points);
    await visitor.leave();
    visitor = await Visitor.arrive(browser(), { url: system.url });
    await visitor.signIn('admin', PASSWORD);
    await visitor.open(`/stations/${GAUGE}`);
    await shown('3.21');
    await visitor.page.locator('main').getByText('level over a line').first().waitFor();
    await levels(3.25);
    await shown('3.25');
    expect(visitor.complaints).toEqual([]);
  });
});
