import type { ConnectionLimits } from './guard/guarded-connection.ts';
import type { RateLimits } from './guard/rate-meter.ts';

export interface BrokerLimits extends ConnectionLimits, RateLimits {
  /** A client that has not finished its CONNECT by then is cut off, ms. */
  readonly connectTimeoutMs: number;
  /** A CONNECT without an answer by then is refused, ms. */
  readonly answerTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Sockets without a CONNECT; above it the oldest one goes. */
  readonly maxHalfOpen: number;
  readonly maxHalfOpenPerAddress: number;
  /** New connections of one address: sustained rate, and how many at once. */
  readonly connectionsPerSecondPerAddress: number;
  readonly connectionBurstPerAddress: number;
  /** Bytes of unfinished packets over all clients. */
  readonly maxHeldBytes: number;
  /** Publishes of one client that wait for the disk; above it the client is not read. */
  readonly maxInflight: number;
  /** Publishes of all clients that wait for the disk; near it the heaviest clients are not read, above it nobody who publishes. */
  readonly maxPending: number;
  /** QoS 2 handshakes left open by one client. */
  readonly maxInflightInbound: number;
  readonly maxSubscriptions: number;
  /** Persistent sessions, messages that wait in one, and their age (ms). */
  readonly maxSessions: number;
  readonly maxQueuedPerSession: number;
  readonly maxQueuedAgeMs: number;
  /** A persistent session not seen for this long is forgotten, ms. */
  readonly sessionExpiryMs: number;
  /** Slow checks, of passwords that people chose: at a time, waiting, and failures a minute of one user from one address and of one address. */
  readonly passwordChecks: number;
  readonly passwordQueue: number;
  readonly passwordFailuresPerMinute: number;
  readonly passwordFailuresPerMinutePerAddress: number;
}

export const DEFAULT_LIMITS: BrokerLimits = {
  maxPacketBytes: 64 * 1024,
  maxConnectBytes: 8 * 1024,
  maxClientIdLength: 128,
  maxTopicLevels: 12,
  maxFiltersPerPacket: 64,
  maxOutboundBytes: 64 * 1024,
  maxStalledBytes: 4 * 1024 * 1024,
  messagesPerSecond: 20_000,
  bytesPerSecond: 8 * 1024 * 1024,
  burstSeconds: 2,
  connectTimeoutMs: 5000,
  answerTimeoutMs: 10_000,
  maxConnections: 20_000,
  maxConnectionsPerAddress: 20_000,
  maxHalfOpen: 4000,
  maxHalfOpenPerAddress: 1000,
  connectionsPerSecondPerAddress: 2000,
  connectionBurstPerAddress: 4000,
  maxHeldBytes: 64 * 1024 * 1024,
  maxInflight: 1000,
  maxPending: 50_000,
  maxInflightInbound: 100,
  maxSubscriptions: 100,
  maxSessions: 20_000,
  maxQueuedPerSession: 1000,
  maxQueuedAgeMs: 7 * 86_400_000,
  sessionExpiryMs: 30 * 86_400_000,
  drainTimeoutMs: 5000,
  passwordChecks: 2,
  passwordQueue: 1000,
  passwordFailuresPerMinute: 10,
  passwordFailuresPerMinutePerAddress: 60,
};
