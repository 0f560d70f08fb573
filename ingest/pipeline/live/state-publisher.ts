import type { Clock } from '@clearbay/contract/clock.ts';
import type { MqttPublisher } from '@clearbay/contract/gate.ts';
import type { LiveEvent } from '@clearbay/contract/live.ts';
import { topics } from '@clearbay/contract/topics.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';
import type { StageListener } from '../observe/stage-times.ts';
import { freshnessOf } from './freshness.ts';
import type { StationLive } from './station-live.ts';

const EVERY_MS = 1000;

/** What the publisher needs of the live district. */
interface AssessmentSource {
  subscribe(listener: (event: LiveEvent) => void): () => void;
  stations(): Iterable<StationLive>;
}

export interface StatePublisherOptions {
  readonly live: AssessmentSource;
  readonly publisher: MqttPublisher;
  readonly clock: Clock;
  /** Told how long it took until the broker had what changed. */
  readonly onStage?: StageListener;
}

/** Publishes each station's latest assessment, and what its sign shows, on MQTT: retained, at most once a second, only where it changed. */
export class StatePublisher {
  readonly #options: StatePublisherOptions;
  readonly #changed = new Map<string, Assessment>();
  readonly #told = new Map<string, string>();
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StatePublisherOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unsubscribe = this.#options.live.subscribe((event) => {
      if (event.type === 'station' && event.change.assessment !== undefined)
        this.#changed.set(event.change.id, event.change.assessment);
    });
    this.#timer = setInterval(() => void this.#publishChanges(), EVERY_MS);
  }

  stop(): void {
    this.#unsubscribe?.();
    clearInterval(this.#timer);
  }

  async #publishChanges(): Promise<void> {
    const began = performance.now();
    const handedOver: Promise<void>[] = [];
    for (const [station, assessment] of this.#changed)
      this.#publish(topics.state(assessment.kind, station), assessment, handedOver);
    this.#changed.clear();
    const now = this.#options.clock.now();
    for (const { station, kind, assessment, lastAt, periodMs } of this.#options.live.stations()) {
      if (kind.sign === undefined || assessment === null) continue;
      // A sign may show a count a little late, never a stale one.
      const freshness = freshnessOf(lastAt, periodMs, now);
      this.#publish(
        topics.guidance(station.id),
        kind.sign(assessment, freshness === 'fresh' || freshness === 'late'),
        handedOver,
      );
    }
    if (handedOver.length === 0) return;
    await Promise.all(handedOver);
    this.#options.onStage?.('publish', performance.now() - began);
  }

  #publish(topic: string, content: unknown, handedOver: Promise<void>[]): void {
    const payload = JSON.stringify(content);
    if (this.#told.get(topic) === payload) return;
    this.#told.set(topic, payload);
    // A broker that is stopping refuses; the next start publishes everything anew.
    handedOver.push(this.#options.publisher.publish(topic, payload, { retain: true, qos: 0 }).catch(() => undefined));
  }
}
