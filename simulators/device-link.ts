import { topics } from '@clearbay/contract/topics.ts';
import { connectAsync, type MqttClient } from 'mqtt';

const CONNECT_WITHIN_MS = 20_000;
/** Messages a device holds while it cannot send; what comes then is lost, as on a real logger. */
const MOST_UNSENT = 2000;

export interface DeviceLinkOptions {
  /** `mqtt://host:port`. */
  readonly url: string;
  readonly device: string;
  readonly password: string;
  /** New at each start of the device: a will of an older boot never ends a newer session. */
  readonly boot: string;
}

/** One simulated device's own MQTT connection: its credentials, its birth and its will. */
export class DeviceLink {
  readonly #options: DeviceLinkOptions;
  #client: MqttClient | undefined;
  #unsent = 0;

  constructor(options: DeviceLinkOptions) {
    this.#options = options;
  }

  /** Connects, tries again while the broker is not there, and says that the device is online. Rejects after 20 s. */
  async start(): Promise<void> {
    const { url, device, password, boot } = this.#options;
    const status = (online: boolean) => JSON.stringify({ online, boot });
    const topic = topics.status(device);
    let late: NodeJS.Timeout | undefined;
    const connecting = connectAsync(url, {
      clientId: device,
      username: device,
      password,
      protocolVersion: 4,
      clean: true,
      keepalive: 30,
      reconnectPeriod: 500,
      will: { topic, payload: Buffer.from(status(false)), qos: 1, retain: true },
    });
    const tooLate = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error(`device ${device} could not connect to ${url}`)), CONNECT_WITHIN_MS);
    });
    try {
      this.#client = await Promise.race([connecting, tooLate]);
    } catch (error) {
      connecting.then((client) => client.end(true)).catch(() => {});
      throw error;
    } finally {
      clearTimeout(late);
    }
    this.#client.on('error', () => {});
    this.#client.on('connect', () => this.#client?.publish(topic, status(true), { qos: 1, retain: true }));
    await this.#client.publishAsync(topic, status(true), { qos: 1, retain: true });
  }

  /** Resolves with the PUBACK. Rejects before the start, after the stop, and with too much unsent. */
  async publish(topic: string, payload: string): Promise<void> {
    if (this.#client === undefined) throw new Error(`device ${this.#options.device} is not connected`);
    if (this.#unsent >= MOST_UNSENT) throw new Error(`device ${this.#options.device} has too much unsent`);
    this.#unsent += 1;
    try {
      await this.#client.publishAsync(topic, payload, { qos: 1 });
    } finally {
      this.#unsent -= 1;
    }
  }

  /** Says that the device goes offline and disconnects; what is unsent is given up after a second. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    const { device, boot } = this.#options;
    if (client.connected) {
      const farewell = client.publishAsync(topics.status(device), JSON.stringify({ online: false, boot }), {
        qos: 1,
        retain: true,
      });
      await Promise.race([farewell.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    }
    await client.endAsync(true);
  }
}
