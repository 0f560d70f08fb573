import type { ConnectionLimits } from './guard/guarded-connection.ts';
import type { RateLimits } from './guard/rate-meter.ts';

export interface BrokerLimits extends ConnectionLimits, RateLimits {
  /** A client that has not finished its CONNECT by then is cut off, ms. */
  readonly connectTimeoutMs: number;
  /** A CONNECT without an answer by then is refused, ms. */
  readonly answerTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Over it the user's oldest connection goes. */
  readonly maxConnectionsPerUser: number;
  /** A connection that was silent for so long is asked for a sign of life by TCP, ms. */
  readonly tcpKeepAliveMs: number;
  /** Sockets without a CONNECT; above it the oldest one goes. */
  readonly maxHalfOpen: number;
  readonly maxHalfOpenPerAddress: number;
  /** New connections of one address: sustained rate, and how many at once. */
  readonly connectionsPerSecondPerAddress: number;
  readonly connectionBurstPerAddress: number;
  /** Bytes of unfinished packets over all clients, and of one user; over it the largest holder goes. */
  readonly maxHeldBytes: number;
  readonly maxHeldBytesPerUser: number;
  /** Publishes of one user that wait for the disk; above it the user is not read. */
  readonly maxInflight: number;
  /**
   * Bytes of all publishes that wait for the disk; from half of it the heaviest users are not read, at it nobody is. A reading takes
   * at least 20 bytes, so that it keeps well below the readings that the receiver may hold.
   */
  readonly maxPendingBytes: number;
  /** QoS 2 handshakes left open by one client. */
  readonly maxInflightInbound: number;
  readonly maxSubscriptions: number;
  /** Persistent sessions in all and of one user, messages that wait in one, and their age (ms). */
  readonly maxSessions: number;
  readonly maxSessionsPerUser: number;
  readonly maxQueuedPerSession: number;
  readonly maxQueuedAgeMs: number;
  /** A persistent session not seen for this long is forgotten, ms. */
  readonly sessionExpiryMs: number;
  /** Retained messages of accounts, in all and of one user. (A device has one, its status.) */
  readonly maxRetained: number;
  readonly maxRetainedPerUser: number;
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
  messagesPerSecond: 5000,
  bytesPerSecond: 8 * 1024 * 1024,
  burstSeconds: 2,
  packetTimeoutMs: 30_000,
  maxKeepAliveSeconds: 3600,
  tcpKeepAliveMs: 60_000,
  connectTimeoutMs: 5000,
  answerTimeoutMs: 10_000,
  maxConnections: 20_000,
  maxConnectionsPerAddress: 20_000,
  maxConnectionsPerUser: 10,
  maxHalfOpen: 4000,
  maxHalfOpenPerAddress: 1000,
  connectionsPerSecondPerAddress: 2000,
  connectionBurstPerAddress: 4000,
  maxHeldBytes: 128 * 1024 * 1024,
  maxHeldBytesPerUser: 1024 * 1024,
  maxInflight: 1000,
  maxPendingBytes: 2 * 1024 * 1024,
  maxInflightInbound: 100,
  maxSubscriptions: 100,
  maxSessions: 20_000,
  maxSessionsPerUser: 10,
  maxQueuedPerSession: 1000,
  maxQueuedAgeMs: 7 * 86_400_000,
  sessionExpiryMs: 30 * 86_400_000,
  maxRetained: 5000,
  maxRetainedPerUser: 500,
  drainTimeoutMs: 5000,
  passwordChecks: 2,
  passwordQueue: 1000,
  passwordFailuresPerMinute: 10,
  passwordFailuresPerMinutePerAddress: 60,
};
