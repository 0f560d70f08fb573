import { DEFAULT_LIMITS } from '@clearbay/broker/limits.ts';
import { mqttLimitsSchema } from '@clearbay/config/schema/mqtt-limits.ts';
import { expect, test } from 'vitest';
import { brokerLimitsOf } from '../../cli/mqtt-limits.ts';

test('the defaults of the settings are those of the broker', () => {
  expect(DEFAULT_LIMITS).toMatchObject(brokerLimitsOf(mqttLimitsSchema.parse({})));
});

test('a limit of the settings reaches the broker in its unit', () => {
  const limits = mqttLimitsSchema.parse({
    packetTimeoutSeconds: 1.5,
    tcpKeepAliveSeconds: 20,
    maxPacketKibibytes: 8,
    kibibytesPerSecondPerUser: 2,
    maxHeldMebibytes: 3,
    maxHeldKibibytesPerUser: 5,
    maxPendingMebibytes: 0.5,
    sessionDays: 2,
    queuedDays: 0.5,
    packetsPerSecondPerUser: 7,
    connectionsPerSecondPerAddress: 30,
  });
  expect(brokerLimitsOf(limits)).toMatchObject({
    packetTimeoutMs: 1500,
    tcpKeepAliveMs: 20_000,
    maxPacketBytes: 8192,
    bytesPerSecond: 2048,
    maxHeldBytes: 3_145_728,
    maxHeldBytesPerUser: 5120,
    maxPendingBytes: 524_288,
    sessionExpiryMs: 172_800_000,
    maxQueuedAgeMs: 43_200_000,
    messagesPerSecond: 7,
    connectionsPerSecondPerAddress: 30,
    connectionBurstPerAddress: 60,
  });
});

test.each([
  ['a negative number of connections', { maxConnectionsPerUser: -1 }],
  ['packets larger than the payload contract allows', { maxPacketKibibytes: 65 }],
  ['more waiting readings than the receiver may hold', { maxPendingMebibytes: 9 }],
  ['a limit that there is not', { maxPackets: 1 }],
])('%s is refused', (_case, limits) => {
  expect(mqttLimitsSchema.safeParse(limits).success).toBe(false);
});

test('every limit says what it is and in which unit it counts', () => {
  const shape = mqttLimitsSchema.unwrap().shape;
  const silent = Object.entries(shape).filter(([name, { description = '' }]) => {
    const unit = /Seconds$/.test(name)
      ? 'seconds'
      : /Mebibytes/.test(name)
        ? 'MiB'
        : /[kK]ibibytes/.test(name)
          ? 'KiB'
          : /Days$/.test(name)
            ? 'days'
            : '';
    return description === '' || (unit !== '' && !description.toLowerCase().includes(unit.toLowerCase()));
  });
  expect(silent).toEqual([]);
});
