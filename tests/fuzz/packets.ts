import { generate, type Packet } from 'mqtt-packet';
import { connectPacket, readingPacket } from '../broker/stage.ts';

const will = { topic: 'clearbay/v1/status/d1', payload: Buffer.from('{"online":false}'), qos: 1, retain: true };

/** Sound packets of every type that a client may send; mutation makes the malformed ones. */
export const CONNECTS: readonly Buffer[] = [
  connectPacket('d1'),
  connectPacket('d1', { will, clean: false, keepalive: 30 }),
  connectPacket('', { username: undefined, password: undefined }),
  connectPacket('d1', { protocolId: 'MQIsdp', protocolVersion: 3 }),
].map((packet) => generate(packet));

const packets: readonly object[] = [
  readingPacket('d1', 1),
  { ...readingPacket('d1', 2), qos: 2 },
  { ...readingPacket('d1', 3, JSON.stringify({ at: 1_800_000_000_000, values: { pm25: 1.5 }, bay: '甲-1' })), qos: 0 },
  { cmd: 'publish', topic: '清湾/状态', payload: 'x', qos: 0, retain: true, dup: false },
  {
    cmd: 'subscribe',
    messageId: 4,
    subscriptions: [
      { topic: 'clearbay/v1/commands/d1', qos: 1 },
      { topic: 'a/+/#', qos: 0 },
    ],
  },
  { cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['clearbay/v1/commands/d1', 'a/+/#'] },
  { cmd: 'puback', messageId: 6 },
  { cmd: 'pubrec', messageId: 7 },
  { cmd: 'pubrel', messageId: 8 },
  { cmd: 'pubcomp', messageId: 9 },
  { cmd: 'pingreq' },
  { cmd: 'disconnect' },
];
export const PACKETS: readonly Buffer[] = packets.map((packet) => generate(packet as Packet));
