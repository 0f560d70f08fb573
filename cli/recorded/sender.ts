import { connectAsync, type MqttClient } from 'mqtt';
import { UserFailure } from '../failure.ts';

const CONNECT_WITHIN_MS = 10_000;
const BACK_WITHIN_MS = 30_000;
/** Connections lost in a row without any acknowledgement between. */
const MOST_LOST = 3;

export interface SenderOptions {
  /** `mqtt://host:port`. */
  readonly url: string;
  readonly device: string;
  readonly password: string;
}

function codeOf(error: unknown): string | number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : undefined;
}

/** What a person can mend of a connection that failed. */
function connectFailure({ url, device }: SenderOptions, error: unknown): UserFailure {
  const code = codeOf(error);
  const sentence =
    code === 4 || code === 5
      ? `The broker at ${url} refuses device ${device}: its password is wrong, or it was never added.`
      : code === 'ECONNREFUSED'
        ? `No broker answers at ${url}. Is the system running, and is this its MQTT port (--mqtt)?`
        : `The broker at ${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}.`;
  return new UserFailure(sentence, { cause: error });
}

/** Publishes recorded readings as one device, beside the device itself: an own client id, no birth and no will. */
export class RecordedSender {
  readonly #options: SenderOptions;
  readonly #waiting = new Set<(error: Error) => void>();
  #client: MqttClient | undefined;
  #failure: Error | undefined;
  #lost = 0;
  #late: NodeJS.Timeout | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Rejects with a sentence where nobody answers or the device is not let in. */
  async start(): Promise<void> {
    const { url, device, password } = this.#options;
    let client: MqttClient;
    try {
      client = await connectAsync(
        url,
        {
          clientId: `${device}/recorded-${process.pid}`,
          username: device,
          password,
          protocolVersion: 4,
          clean: true,
          connectTimeout: CONNECT_WITHIN_MS,
          reconnectPeriod: 500,
        },
        false,
      );
    } catch (error) {
      throw connectFailure(this.#options, error);
    }
    client.on('close', () => this.#away());
    client.on('connect', () => clearTimeout(this.#late));
    client.on('error', (error) => {
      if (typeof codeOf(error) === 'number') this.#fail(connectFailure(this.#options, error));
    });
    this.#client = client;
  }

  /** Resolves with the PUBACK. Rejects where the broker stays away, or closes the connection on every publish. */
  publish(topic: string, payload: string): Promise<void> {
    const client = this.#client;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (client === undefined) return Promise.reject(new Error(`device ${this.#options.device} is not connected`));
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      client.publish(topic, payload, { qos: 1 }, (error) => {
        this.#waiting.delete(reject);
        if (error) reject(error);
        else {
          this.#lost = 0;
          resolve();
        }
      });
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#late);
    const client = this.#client;
    this.#client = undefined;
    await client?.endAsync(this.#failure !== undefined);
  }

  #away(): void {
    if (this.#client === undefined) return;
    const { url, device } = this.#options;
    this.#lost += 1;
    if (this.#lost >= MOST_LOST && this.#waiting.size > 0) {
      this.#fail(
        new UserFailure(`The broker at ${url} closes the connection on every publish: device ${device} may not report here.`),
      );
      return;
    }
    clearTimeout(this.#late);
    this.#late = setTimeout(
      () => this.#fail(new UserFailure(`The broker at ${url} went away and did not come back.`)),
      BACK_WITHIN_MS,
    );
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const reject of this.#waiting) reject(this.#failure);
    this.#waiting.clear();
    this.#client?.end(true);
  }
}
