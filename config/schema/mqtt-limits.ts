import { z } from 'zod';

const count = z.int().positive();
const amount = z.number().positive();

/**
 * Limits of the embedded broker. One user is a device or an account with all its connections; beyond a limit it is slowed where
 * TCP can make it wait, else what is oldest or largest of it goes, counted by reason on the status page.
 */
export const mqttLimitsSchema = z
  .strictObject({
    maxConnections: count.default(20_000).describe('Connections in all'),
    maxConnectionsPerAddress: count.default(20_000).describe('Connections of one IP address; many devices may share a gateway'),
    maxConnectionsPerUser: count.default(10).describe('Connections of one user; the oldest goes'),
    connectionsPerSecondPerAddress: amount.default(2000).describe('New connections of one IP address a second, sustained'),
    maxHalfOpen: count.default(4000).describe('Sockets that have not signed in yet; the oldest goes'),
    maxHalfOpenPerAddress: count.default(1000).describe('The same of one IP address'),
    connectTimeoutSeconds: amount.default(5).describe('Time for the TLS and WebSocket handshakes and the CONNECT, seconds'),
    packetTimeoutSeconds: amount.default(30).describe('Time for a packet from its first byte to its last, seconds'),
    maxKeepAliveSeconds: count
      .max(65_535)
      .default(3600)
      .describe('Longest keep-alive honoured, seconds; a client that asked for more is given up after 1.5 times this in silence'),
    tcpKeepAliveSeconds: count
      .default(60)
      .describe('Silence after which TCP asks a connection for a sign of life, seconds; one that lost power is gone 10 s later'),
    drainTimeoutSeconds: amount.default(5).describe('Time in which a client must take some of what waits for it, seconds'),
    maxPacketKibibytes: amount.max(64).default(64).describe('Size of one packet, KiB; the payload contract allows 64'),
    packetsPerSecondPerUser: amount
      .default(5000)
      .describe('Packets of one user a second, of any kind, each filter of a SUBSCRIBE for itself'),
    kibibytesPerSecondPerUser: amount.default(8192).describe('KiB of one user a second'),
    burstSeconds: amount.default(2).describe('Seconds of these two rates that may come at once'),
    maxHeldMebibytes: amount.default(128).describe('Unfinished packets of all clients, MiB; the largest holder goes'),
    maxHeldKibibytesPerUser: amount.default(1024).describe('The same of one user, KiB'),
    maxInflightPerUser: count.default(1000).describe('Publishes of one user that wait for the disk; beyond it the user waits'),
    maxPendingMebibytes: amount
      .max(8)
      .default(2)
      .describe('Publishes of all users that wait for the disk, MiB; from half of it the heaviest users wait, at it everybody'),
    maxSubscriptionsPerClient: count.default(100).describe('Subscriptions of one client'),
    maxSessions: count.default(20_000).describe('Persistent sessions in all'),
    maxSessionsPerUser: count.default(10).describe('Persistent sessions of one user; the oldest that is away goes'),
    sessionDays: amount.default(30).describe('Time after which a persistent session that is away is forgotten, days'),
    maxQueuedPerSession: count.default(1000).describe('Messages that wait in one persistent session'),
    queuedDays: amount.default(7).describe('Time for which they wait, days'),
    maxRetained: count.default(5000).describe('Retained messages of all accounts; further ones are delivered and not kept'),
    maxRetainedPerUser: count.default(500).describe('Retained messages of one account'),
  })
  .prefault({});

export type MqttLimits = z.infer<typeof mqttLimitsSchema>;
