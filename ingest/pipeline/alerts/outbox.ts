import type { AlertView } from '@clearbay/contract/api.ts';
import type { MqttPublisher } from '@clearbay/contract/gate.ts';
import { topics } from '@clearbay/contract/topics.ts';
import type { AlertStore, OutboxRow } from '@clearbay/store/ports/state.ts';

const ROWS_AT_ONCE = 200;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;
/** Alerts of which is remembered what was told; of older ones a notice may come twice. */
const MOST_TOLD = 5000;

export interface AlertOutboxOptions {
  readonly store: Pick<AlertStore, 'outbox' | 'sent' | 'open'>;
  readonly publisher: MqttPublisher;
}

/**
 * Sends the outbox to MQTT in order, at least once: a row is marked only after the broker took it. An open alert is retained on its
 * topic; an ending is told to who listens, then the retained message is removed. After a crash in between, a subscriber may see
 * the same version of an alert twice.
 */
export class AlertOutbox {
  readonly #options: AlertOutboxOptions;
  #running: Promise<void> | undefined;
  #stopped = true;
  #again = false;
  #retainOpen = false;
  #wakeUp: (() => void) | undefined;
  /** Version of each alert that the broker took last. */
  readonly #told = new Map<string, number>();
  #unstored: Promise<void> = Promise.resolve();

  constructor(options: AlertOutboxOptions) {
    this.#options = options;
  }

  /** Begins to send what waits; then retains all open alerts anew, since the broker may have lost what it retained. */
  start(): void {
    this.#stopped = false;
    this.#told.clear();
    this.#retainOpen = true;
    this.wake();
  }

  /** There is something to send. Cheap; call it after every stored change. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#work();
  }

  /**
   * Sends a notice that cannot be stored now, once and from memory. A broker that cannot keep it either (they share a disk) still
   * tells those who listen; the stored notice then comes later.
   */
  tellUnstored(alert: AlertView): void {
    if (this.#stopped) return;
    this.#unstored = this.#unstored
      .then(() => this.#publishNews(alert))
      .catch(() => this.#options.publisher.publish(topics.alert(alert.id), JSON.stringify(alert), { retain: false, qos: 0 }))
      .catch(() => undefined);
  }

  /** Ends after the message under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wakeUp?.();
    await Promise.all([this.#running, this.#unstored]);
  }

  async #work(): Promise<void> {
    await Promise.resolve();
    let failures = 0;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#sendAll();
        failures = 0;
      } catch {
        this.#again = true;
        await this.#pause(Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS));
        failures += 1;
      }
    }
    this.#running = undefined;
  }

  async #sendAll(): Promise<void> {
    for (let rows = await this.#rows(); rows.length > 0 && !this.#stopped; rows = await this.#rows()) await this.#send(rows);
    if (!this.#retainOpen || this.#stopped) return;
    for (const alert of await this.#options.store.open()) await this.#publish(alert);
    this.#retainOpen = false;
  }

  #rows(): Promise<readonly OutboxRow[]> {
    return this.#options.store.outbox(ROWS_AT_ONCE);
  }

  async #send(rows: readonly OutboxRow[]): Promise<void> {
    const sent: number[] = [];
    try {
      for (const row of rows) {
        if (this.#stopped) break;
        await this.#publishNews(JSON.parse(row.payload) as AlertView);
        sent.push(row.id);
      }
    } finally {
      await this.#options.store.sent(sent);
    }
  }

  /** Leaves out what was told already: from memory, or by a row that could not be marked as sent. */
  async #publishNews(alert: AlertView): Promise<void> {
    if ((this.#told.get(alert.id) ?? 0) >= alert.version) return;
    await this.#publish(alert);
    this.#told.delete(alert.id);
    this.#told.set(alert.id, alert.version);
    if (this.#told.size > MOST_TOLD) this.#told.delete(this.#told.keys().next().value as string);
  }

  async #publish(alert: AlertView): Promise<void> {
    const { publisher } = this.#options;
    const topic = topics.alert(alert.id);
    const open = alert.closedAt === null;
    await publisher.publish(topic, JSON.stringify(alert), { retain: open, qos: 1 });
    if (!open) await publisher.publish(topic, '', { retain: true, qos: 1 });
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = undefined;
  }
}
