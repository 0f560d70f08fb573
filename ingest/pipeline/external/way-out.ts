import type { MqttPublisher } from '@clearbay/contract/gate.ts';
import type { MqttClient } from 'mqtt';

/**
 * What the platform tells through the external broker. While it is away, QoS 1 rejects at once (the sender keeps its outbox) and
 * of the retained states the newest of each topic waits, so that what the broker shows is right again when it is back.
 */
export class WayOut implements MqttPublisher {
  readonly #held = new Map<string, string>();
  readonly #owed = new Set<(error: Error) => void>();
  #client: MqttClient | undefined;

  opened(client: MqttClient): void {
    this.#client = client;
    for (const [topic, payload] of this.#held) client.publish(topic, payload, { qos: 0, retain: true });
    this.#held.clear();
  }

  closed(): void {
    this.#client = undefined;
    for (const reject of this.#owed) reject(new Error('the connection to the MQTT broker was lost'));
    this.#owed.clear();
  }

  publish(topic: string, payload: string, { retain, qos }: { readonly retain: boolean; readonly qos: 0 | 1 }): Promise<void> {
    const client = this.#client;
    if (client === undefined) {
      if (qos > 0) return Promise.reject(new Error('the MQTT broker is away'));
      if (retain) this.#held.set(topic, payload);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.#owed.add(reject);
      client.publish(topic, payload, { retain, qos }, (error) => {
        this.#owed.delete(reject);
        if (error) reject(error);
        else resolve();
      });
    });
  }
}
