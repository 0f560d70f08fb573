/** What a bench device publishes: an MQTT packet with fixed places for what changes, patched in place. */
export interface PacketTemplate {
  readonly bytes: Buffer;
  readonly packetIdAt: number;
  readonly timeAt: number;
  readonly seqAt: number;
  /** Last digits of the values, so that no two readings in a row are equal. */
  readonly digitsAt: readonly number[];
  readonly payloadBytes: number;
  readonly points: number;
}

export type PayloadMode = 'single' | 'six';

const TIME = '1000000000000';
const SEQ = '20000000';
const VALUES: Record<PayloadMode, string> = {
  single: '"pm25":28.10',
  six: '"pm25":28.10,"pm10":45.10,"so2":8.10,"no2":23.10,"co":0.61,"o3":88.10',
};

/** About 150 bytes either way: the one value with its mark and the usual fields, six values with fewer of them. */
function payloadOf(mode: PayloadMode): string {
  const tail = mode === 'single' ? ',"flags":{"pm25":"N"},"historical":false,"correction":false,"rev":0' : '';
  return `{"at":${TIME},"values":{${VALUES[mode]}},"seq":${SEQ},"boot":"bench-1"${tail}}`;
}

export function packetTemplate(topic: string, mode: PayloadMode): PacketTemplate {
  const payload = payloadOf(mode);
  const body = 2 + Buffer.byteLength(topic) + 2 + payload.length;
  const length = body < 128 ? [body] : [(body & 0x7f) | 0x80, body >> 7];
  const topicAt = 1 + length.length;
  const packetIdAt = topicAt + 2 + Buffer.byteLength(topic);
  const bytes = Buffer.alloc(topicAt + body);
  bytes[0] = 0x32;
  for (const [index, byte] of length.entries()) bytes[1 + index] = byte;
  bytes.writeUInt16BE(Buffer.byteLength(topic), topicAt);
  bytes.write(topic, topicAt + 2);
  bytes.write(payload, packetIdAt + 2);
  const payloadAt = packetIdAt + 2;
  const digitsAt = [...payload.matchAll(/\d\.\d(\d)/g)].map((match) => payloadAt + match.index + match[0].length - 1);
  return {
    bytes,
    packetIdAt,
    timeAt: payloadAt + payload.indexOf(TIME),
    seqAt: payloadAt + payload.indexOf(SEQ),
    digitsAt,
    payloadBytes: payload.length,
    points: mode === 'single' ? 1 : 6,
  };
}

/** Writes a number of fixed width as ASCII digits. */
export function putDigits(bytes: Buffer, at: number, width: number, value: number): void {
  let rest = value;
  for (let index = at + width - 1; index >= at; index -= 1) {
    const next = Math.floor(rest / 10);
    bytes[index] = 48 + (rest - next * 10);
    rest = next;
  }
}
