/** A small seeded generator (mulberry32): the same seed gives the same cases on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const AWKWARD = [
  0x00, 0x01, 0x0a, 0x22, 0x23, 0x2b, 0x2c, 0x2d, 0x2f, 0x5b, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xff,
];

/** One to four random wounds: a byte changed, cut, doubled, moved in, or the end torn off. */
export function mutate(original: Buffer, random: () => number): Buffer {
  let bytes = Buffer.from(original);
  const wounds = 1 + Math.floor(random() * 4);
  for (let wound = 0; wound < wounds && bytes.length > 0; wound += 1) {
    const at = Math.floor(random() * bytes.length);
    const awkward = AWKWARD[Math.floor(random() * AWKWARD.length)] as number;
    switch (Math.floor(random() * 6)) {
      case 0:
        bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
        break;
      case 1:
        bytes[at] = awkward;
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([awkward]), bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + Math.floor(random() * 8))]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.floor(random() * bytes.length))]);
        break;
      default:
        bytes = bytes.subarray(0, at);
    }
  }
  return bytes;
}

/** Cases in all; `CLEARBAY_FUZZ_CASES` asks for more. */
export const CASES = Number(process.env.CLEARBAY_FUZZ_CASES ?? 120_000);
