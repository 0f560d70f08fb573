import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { AlertView } from '@clearbay/contract/api.ts';
import type { MqttPublisher } from '@clearbay/contract/gate.ts';
import { topics } from '@clearbay/contract/topics.ts';
import { AlertEngine } from '@clearbay/pipeline/alerts/engine.ts';
import { AlertOutbox } from '@clearbay/pipeline/alerts/outbox.ts';
import type { AlertStore } from '@clearbay/store/ports/state.ts';
import type { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AT_ONCE, FLOOD, GAUGE, START, signal, stateFolder } from './alert-fixture.ts';

const rule = AT_ONCE.id;
let folder: Awaited<ReturnType<typeof stateFolder>>;
let store: SqliteState;
let broker: Aedes;
let server: Server;
let client: mqtt.MqttClient;

beforeEach(async () => {
  folder = await stateFolder();
  store = await folder.open();
  broker = await Aedes.createBroker();
  server = createServer(broker.handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = await mqtt.connectAsync(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  await client.endAsync(true);
  await new Promise<void>((resolve) => {
    broker.close(() => resolve());
  });
  server.close();
  await store.stop();
  await folder.remove();
});

function publisher(): MqttPublisher {
  return { publish: async (topic, payload, options) => void (await client.publishAsync(topic, payload, options)) };
}

async function chain(to: MqttPublisher, alerts: AlertStore = store.alerts) {
  const outbox = new AlertOutbox({ store: alerts, publisher: to });
  const engine = new AlertEngine({
    store: alerts,
    clock: { now: () => START },
    kinds: [FLOOD],
    onAlert: () => {},
    onOutbox: () => outbox.wake(),
    onUnstoredNotice: (alert) => outbox.tellUnstored(alert),
  });
  await engine.start();
  outbox.start();
  return { engine, outbox };
}

/** What a new subscriber is given as retained. */
async function retained(): Promise<Map<string, AlertView>> {
  const address = server.address() as AddressInfo;
  const other = await mqtt.connectAsync(`mqtt://127.0.0.1:${address.port}`);
  const found = new Map<string, AlertView>();
  other.on('message', (topic, payload) => found.set(topic, JSON.parse(payload.toString()) as AlertView));
  await other.subscribeAsync(topics.alert('+'), { qos: 1 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await other.endAsync(true);
  return found;
}

async function empty(): Promise<void> {
  await expect.poll(async () => (await store.alerts.outbox(1)).length, { timeout: 5000 }).toBe(0);
}

test('an alert is retained while open; its ending is told and then nothing is retained', async () => {
  const { engine, outbox } = await chain(publisher());
  const seen: string[] = [];
  client.on('message', (_, payload) => {
    const text = payload.toString();
    seen.push(text === '' ? 'removed' : (JSON.parse(text) as AlertView).condition);
  });
  await client.subscribeAsync(topics.alert('+'), { qos: 1 });

  engine.take([signal(0, 2, { rule })], GAUGE);
  await engine.settled();
  await empty();
  const [alert] = engine.open();
  expect((await retained()).get(topics.alert(alert?.id ?? ''))).toEqual(alert);

  engine.take([signal(1, null, { rule })], GAUGE);
  engine.take([signal(3, null, { rule })], GAUGE);
  await engine.settled();
  await empty();
  expect((await retained()).size).toBe(0);
  expect(seen).toEqual(['firing', 'normal', 'removed']);
  await outbox.stop();
});

test('what the broker did not take is sent again, in order', async () => {
  const sent: string[] = [];
  let failing = 3;
  const real = publisher();
  const { engine, outbox } = await chain({
    publish: async (topic, payload, options) => {
      if (failing > 0) {
        failing -= 1;
        throw new Error('connection lost');
      }
      sent.push(`${(JSON.parse(payload) as AlertView).station} ${(JSON.parse(payload) as AlertView).version}`);
      await real.publish(topic, payload, options);
    },
  });
  engine.take([signal(0, 3, { rule, station: 'a' })], GAUGE);
  await engine.settled();
  engine.take([signal(1, 1, { rule, station: 'a' }), signal(1, 1, { rule, station: 'b' })], GAUGE);
  await engine.settled();
  await empty();
  expect(sent.slice(0, 3)).toEqual(['a 1', 'a 2', 'b 1']);
  await outbox.stop();
});

test('after a start the rest of the outbox is sent once and open alerts are retained anew', async () => {
  const broken = { publish: () => Promise.reject(new Error('no broker')) };
  const first = await chain(broken);
  first.engine.take([signal(0, 3, { rule })], GAUGE);
  await first.engine.settled();
  await first.outbox.stop();
  expect(await store.alerts.outbox(9)).toHaveLength(1);

  const second = await chain(publisher());
  await empty();
  await expect.poll(async () => (await retained()).size).toBe(1);
  expect(await store.alerts.open()).toMatchObject([{ version: 1 }]);
  await second.outbox.stop();
});

/** A state store on a disk that is full until the test says otherwise; what it holds can be read. */
function fullStore() {
  const disk = { isFull: true };
  const alerts: AlertStore = Object.create(store.alerts);
  alerts.apply = async (changes) => {
    if (disk.isFull) throw new Error('disk is full');
    await store.alerts.apply(changes);
  };
  for (const method of ['conditions', 'open', 'find', 'history', 'outbox', 'sent'] as const)
    alerts[method] = store.alerts[method].bind(store.alerts) as never;
  return { alerts, disk };
}

test('a notice that cannot be stored is sent from memory, and not a second time when it is stored', async () => {
  const { alerts, disk } = fullStore();
  const sent: string[] = [];
  const real = publisher();
  const { engine, outbox } = await chain(
    {
      publish: async (topic, payload, options) => {
        sent.push(`${(JSON.parse(payload) as AlertView).version} ${options.retain ? 'retained' : 'passing'}`);
        await real.publish(topic, payload, options);
      },
    },
    alerts,
  );
  engine.take([signal(0, 3, { rule })], GAUGE);
  await expect.poll(() => sent).toEqual(['1 retained']);
  expect(await store.alerts.open()).toEqual([]);
  disk.isFull = false;
  await engine.settled();
  expect(await store.alerts.open()).toHaveLength(1);
  await empty();
  expect(sent).toEqual(['1 retained']);
  await outbox.stop();
});

test('a broker that cannot retain on the same full disk still tells those who listen, and retains the stored notice later', async () => {
  const { alerts, disk } = fullStore();
  const sent: string[] = [];
  const { engine, outbox } = await chain(
    {
      publish: async (_, payload, { retain, qos }) => {
        if (retain && disk.isFull) throw new Error('cannot be retained');
        sent.push(`${(JSON.parse(payload) as AlertView).version} ${retain ? 'retained' : 'passing'} ${qos}`);
      },
    },
    alerts,
  );
  engine.take([signal(0, 3, { rule })], GAUGE);
  await expect.poll(() => sent).toEqual(['1 passing 0']);
  disk.isFull = false;
  await engine.settled();
  await empty();
  expect(sent).toEqual(['1 passing 0', '1 retained 1']);
  await outbox.stop();
});
