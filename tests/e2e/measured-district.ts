import { randomUUID } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import type { RunningSystem } from '../harness/system.ts';

const text = (zh: string, en: string) => ({ zh, en });
const measured = (id: string, name: ReturnType<typeof text>) => ({
  id,
  name,
  town: 'town',
  position: { lon: 118.8, lat: 24.9 },
  devices: [{ id: `${id}-a`, periodSeconds: 60, origin: 'measured' }],
});

/** Lines of the gauge, m. */
export const LINES = { warning: 3, guaranteed: 4 };
export const GAUGE = 'flood-gauge';
export const AIR = 'air-official';

/** Two measured stations with a device each: a gauge and an air station. */
export const MEASURED = {
  district: {
    id: 'measured',
    name: text('实测区', 'Measured district'),
    towns: [{ id: 'town', name: text('镇', 'Town') }],
    stations: [
      {
        ...measured(GAUGE, text('测试水位站', 'Test gauge')),
        kind: 'flood',
        datum: text('1985 国家高程基准', '1985 national height datum'),
        basin: text('流域', 'Basin'),
        lines: LINES,
      },
      { ...measured(AIR, text('测试空气站', 'Test air station')), kind: 'air' },
    ],
  },
};

export const MEASURED_DEVICES: ReadonlyMap<string, readonly string[]> = new Map([
  [`${GAUGE}-a`, [GAUGE]],
  [`${AIR}-a`, [AIR]],
]);

/** A device that publishes as an integrator would, with the MQTT library of its choice. */
export class MeasuredDevice {
  readonly id: string;
  readonly #client: MqttClient;

  private constructor(id: string, client: MqttClient) {
    this.id = id;
    this.#client = client;
  }

  /** `clientId`: where a device opens a second connection. */
  static async connect(system: RunningSystem, id: string, clientId = id): Promise<MeasuredDevice> {
    const password = system.passwords.get(id) ?? '';
    const client = await connectAsync(system.mqttUrl, { clientId, username: id, password, reconnectPeriod: 0 });
    client.on('error', () => undefined);
    return new MeasuredDevice(id, client);
  }

  /** Resolves with the PUBACK. A text is sent as it is. */
  async publish(topic: string, payload: object | string | Buffer): Promise<void> {
    const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    await this.#client.publishAsync(topic, bytes, { qos: 1 });
  }

  /** A message that the broker answers by closing the connection; resolves when it has. */
  async publishToBeCutOff(topic: string, payload: Buffer): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#client.once('close', () => resolve()));
    this.#client.publish(topic, payload, { qos: 0 });
    await closed;
  }

  async leave(): Promise<void> {
    await this.#client.endAsync(true);
  }
}

/** What a person's account is told of a filter on MQTT: the last message of each topic, with what was retained. */
export class Watcher {
  /** By topic; empty payloads are kept as empty texts. */
  readonly messages = new Map<string, { readonly payload: string; readonly retained: boolean }>();
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload, { retain }) => {
      this.messages.set(topic, { payload: payload.toString(), retained: retain });
    });
    client.on('error', () => undefined);
  }

  static async watch(system: RunningSystem, filter: string, password: string): Promise<Watcher> {
    const clientId = `admin/${randomUUID()}`;
    const client = await connectAsync(system.mqttUrl, { clientId, username: 'admin', password, reconnectPeriod: 0 });
    const watcher = new Watcher(client);
    const [granted] = await client.subscribeAsync(filter, { qos: 1 });
    if (granted === undefined || granted.qos === 128) throw new Error(`${filter} was not granted`);
    return watcher;
  }

  async leave(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
