import type { BrokerLimits } from '@clearbay/broker/limits.ts';
import type { MqttLimits } from '@clearbay/config/schema/mqtt-limits.ts';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
const DAY_MS = 86_400_000;

/** The broker's limits as the settings say them, in the broker's own units. */
export function brokerLimitsOf(limits: MqttLimits): Partial<BrokerLimits> {
  const { maxConnections, maxConnectionsPerAddress, maxConnectionsPerUser, connectionsPerSecondPerAddress } = limits;
  const { maxHalfOpen, maxHalfOpenPerAddress, maxKeepAliveSeconds, burstSeconds } = limits;
  const { maxSessions, maxSessionsPerUser, maxQueuedPerSession, maxRetained, maxRetainedPerUser } = limits;
  return {
    maxConnections,
    maxConnectionsPerAddress,
    maxConnectionsPerUser,
    connectionsPerSecondPerAddress,
    connectionBurstPerAddress: Math.max(1, 2 * connectionsPerSecondPerAddress),
    maxHalfOpen,
    maxHalfOpenPerAddress,
    connectTimeoutMs: limits.connectTimeoutSeconds * 1000,
    packetTimeoutMs: limits.packetTimeoutSeconds * 1000,
    maxKeepAliveSeconds,
    tcpKeepAliveMs: limits.tcpKeepAliveSeconds * 1000,
    drainTimeoutMs: limits.drainTimeoutSeconds * 1000,
    maxPacketBytes: limits.maxPacketKibibytes * KIBIBYTE,
    messagesPerSecond: limits.packetsPerSecondPerUser,
    bytesPerSecond: limits.kibibytesPerSecondPerUser * KIBIBYTE,
    burstSeconds,
    maxHeldBytes: limits.maxHeldMebibytes * MEBIBYTE,
    maxHeldBytesPerUser: limits.maxHeldKibibytesPerUser * KIBIBYTE,
    maxInflight: limits.maxInflightPerUser,
    maxPendingBytes: limits.maxPendingMebibytes * MEBIBYTE,
    maxSubscriptions: limits.maxSubscriptionsPerClient,
    maxSessions,
    maxSessionsPerUser,
    sessionExpiryMs: limits.sessionDays * DAY_MS,
    maxQueuedPerSession,
    maxQueuedAgeMs: limits.queuedDays * DAY_MS,
    maxRetained,
    maxRetainedPerUser,
  };
}
