import { parseReadingTopic, READINGS_PREFIX, type ReadingTopic, TOPIC_ROOT, topics } from '@clearbay/contract/topics.ts';
import { contains, overlaps, unshared } from './filter-containment.ts';
import type { Principal } from './principal.ts';

/** What a publish is, by its topic. */
export type PublishRight =
  | { readonly what: 'reading'; readonly topic: ReadingTopic }
  | { readonly what: 'status' }
  | { readonly what: 'other' };

const READINGS_FILTER = `${READINGS_PREFIX}#`;
const TOPICS_REMEMBERED = 256;
const STATUS: PublishRight = { what: 'status' };
const OTHER: PublishRight = { what: 'other' };

/** Whether a subscription may match readings, so that they must be handed to the subscribers too. */
export function watchesReadings(filter: string): boolean {
  return overlaps(unshared(filter), READINGS_FILTER);
}

/** What one principal may do. Topics it publishes to are few, so their meaning is remembered. */
export class TopicRules {
  readonly #principal: Principal;
  readonly #known = new Map<string, PublishRight>();

  constructor(principal: Principal) {
    this.#principal = principal;
  }

  /** Undefined where the topic is not the principal's. */
  publish(topic: string): PublishRight | undefined {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const right = this.#judge(topic);
    if (right !== undefined && this.#known.size < TOPICS_REMEMBERED) this.#known.set(topic, right);
    return right;
  }

  #judge(topic: string): PublishRight | undefined {
    if (this.#principal.type === 'account') {
      return this.#principal.account.publish.some((grant) => contains(grant, topic)) ? OTHER : undefined;
    }
    const id = this.#principal.user;
    if (topic === topics.status(id)) return STATUS;
    if (topic === topics.replies(id)) return OTHER;
    const reading = parseReadingTopic(topic);
    return reading?.device === id ? { what: 'reading', topic: reading } : undefined;
  }

  /** A will is the last word on a device's own status and nothing else. */
  will(topic: string): boolean {
    return this.#principal.type === 'device' && topic === topics.status(this.#principal.user);
  }

  /** Retained is only what the next subscriber needs: a device's status, an operator's own topics. */
  retain(right: PublishRight): boolean {
    return right.what === 'status' || (this.#principal.type === 'account' && right.what === 'other');
  }

  /** Decided by containment of the whole filter, never by matching single topics. Shared subscriptions are not served in MQTT 3.1.1. */
  subscribe(filter: string): boolean {
    if (filter.startsWith('$share/')) return false;
    if (this.#principal.type === 'device') return filter === topics.commands(this.#principal.user);
    if (filter.startsWith('$')) return this.#principal.account.system && contains('$SYS/#', filter);
    return this.#principal.account.subscribe.some((grant) => contains(grant, filter));
  }

  /** Checked again for every message: a kept session may hold filters that its user had a right to once. Rights of now: `RightsWatch`. */
  receive(topic: string): boolean {
    if (this.#principal.type === 'device') return topic === topics.commands(this.#principal.user);
    if (topic.startsWith('$')) return this.#principal.account.system;
    return topic.startsWith(TOPIC_ROOT) && this.#principal.account.subscribe.some((grant) => contains(grant, topic));
  }
}
