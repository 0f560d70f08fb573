import type { RefusalReason } from '../refusals.ts';
import { isCleanUtf8, topicFault } from './mqtt-string.ts';

export interface ConnectLimits {
  readonly maxClientIdLength: number;
  readonly maxTopicLevels: number;
}

/** Why a CONNECT is turned away; `returnCode` is sent in a CONNACK first where MQTT 3.1.1 (3.2.2.3) has one. */
export interface ConnectFault {
  readonly reason: RefusalReason;
  readonly returnCode?: 1 | 2;
}

const MALFORMED: ConnectFault = { reason: 'malformed' };
const BAD_UTF8: ConnectFault = { reason: 'bad-utf8' };
const FLAGS: ConnectFault = { reason: 'connect-flags' };

/** Reads the length-prefixed fields of one packet in place. */
class FieldReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
  start = 0;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Moves past the next field, which then lies in [start, at); false where the packet is too short. */
  field(): boolean {
    if (this.at + 2 > this.end) return false;
    const length = ((this.bytes[this.at] as number) << 8) | (this.bytes[this.at + 1] as number);
    this.start = this.at + 2;
    this.at = this.start + length;
    return this.at <= this.end;
  }

  clean(): boolean {
    return isCleanUtf8(this.bytes, this.start, this.at);
  }
}

/** Checks the body of a CONNECT, [start, end) of `bytes`, by MQTT 3.1.1, 3.1. */
export function connectFault(bytes: Uint8Array, start: number, end: number, limits: ConnectLimits): ConnectFault | undefined {
  const reader = new FieldReader(bytes, start, end);
  if (!reader.field()) return MALFORMED;
  const name = Buffer.from(bytes.buffer, bytes.byteOffset + reader.start, reader.at - reader.start).toString('latin1');
  if (name !== 'MQTT' && name !== 'MQIsdp') return MALFORMED;
  if (reader.at + 4 > end) return MALFORMED;
  const level = bytes[reader.at] as number;
  if (level !== (name === 'MQTT' ? 4 : 3)) return { reason: 'protocol-level', returnCode: 1 };
  const flags = bytes[reader.at + 1] as number;
  if (!flagsAgree(flags)) return FLAGS;
  reader.at += 4;
  return identityFault(reader, flags, limits) ?? credentialFault(reader, flags);
}

/** Reserved bit 0 clear, no will details without a will, will QoS below 3, no password without user name ([MQTT-3.1.2-3, -11 to -15, -22]). */
function flagsAgree(flags: number): boolean {
  if ((flags & 0x01) !== 0) return false;
  const will = (flags & 0x04) !== 0;
  if (!will && (flags & 0x38) !== 0) return false;
  if ((flags & 0x18) === 0x18) return false;
  return !((flags & 0x40) !== 0 && (flags & 0x80) === 0);
}

function identityFault(reader: FieldReader, flags: number, limits: ConnectLimits): ConnectFault | undefined {
  if (!reader.field()) return MALFORMED;
  if (!reader.clean()) return BAD_UTF8;
  const length = reader.at - reader.start;
  if (length > limits.maxClientIdLength) return { reason: 'client-id', returnCode: 2 };
  if (length === 0 && (flags & 0x02) === 0) return { reason: 'client-id', returnCode: 2 };
  if ((flags & 0x04) === 0) return undefined;
  if (!reader.field()) return MALFORMED;
  const fault = topicFault(reader.bytes, reader.start, reader.at, limits.maxTopicLevels);
  if (fault) return { reason: fault };
  return reader.field() ? undefined : MALFORMED;
}

function credentialFault(reader: FieldReader, flags: number): ConnectFault | undefined {
  if ((flags & 0x80) !== 0) {
    if (!reader.field()) return MALFORMED;
    if (!reader.clean()) return BAD_UTF8;
  }
  if ((flags & 0x40) !== 0 && !reader.field()) return MALFORMED;
  return reader.at === reader.end ? undefined : MALFORMED;
}
