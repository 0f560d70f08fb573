/** Why the broker turned something away; stable codes, shown on the status page and as metric labels. */
export type RefusalReason =
  // admission
  | 'connection-rate'
  | 'too-many-connections'
  | 'half-open-evicted'
  | 'connect-timeout'
  | 'connect-unanswered'
  | 'handshake-failed'
  | 'user-connections'
  | 'keep-alive'
  // packets that never reach the parser
  | 'packet-too-large'
  | 'malformed'
  | 'packet-type'
  | 'first-not-connect'
  | 'second-connect'
  | 'reserved-flags'
  | 'qos'
  | 'dup-on-qos0'
  | 'packet-id-zero'
  | 'no-filter'
  | 'bad-utf8'
  | 'bad-topic'
  | 'topic-too-deep'
  | 'protocol-level'
  | 'connect-flags'
  | 'client-id'
  | 'buffer-budget'
  | 'packet-timeout'
  // identity
  | 'no-credentials'
  | 'unknown-user'
  | 'bad-password'
  | 'password-throttled'
  | 'verifier-busy'
  | 'client-id-not-owned'
  | 'client-id-taken'
  | 'foreign-will'
  | 'too-many-sessions'
  | 'certificate'
  | 'rights-ended'
  // traffic
  | 'publish-not-allowed'
  | 'subscribe-not-allowed'
  | 'too-many-subscriptions'
  | 'retain-removed'
  | 'retained-full'
  | 'stale-will'
  | 'not-committed'
  | 'session-displaced'
  | 'session-queue-full'
  | 'session-queue-expired'
  | 'slow-consumer'
  | 'protocol-error';

/** Every refusal is counted by its reason; nothing is dropped silently. */
export class RefusalCounters {
  readonly #counts = new Map<RefusalReason, number>();

  count(reason: RefusalReason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
