/** A number in [0, 1) for each (seed, channel, index), the same on every machine, asked for in any order. */
export function hashed(seed: number, channel: number, index: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(channel + 1, 0xc2b2ae35) ^ Math.imul(index | 0, 0x27d4eb2f);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
}

/** Smooth noise in [-1, 1] that changes over `scaleMs`; random access in time. */
export function smoothNoise(seed: number, channel: number, at: number, scaleMs: number): number {
  const place = at / scaleMs;
  const index = Math.floor(place);
  const part = place - index;
  const weight = part * part * (3 - 2 * part);
  const before = hashed(seed, channel, index) * 2 - 1;
  const after = hashed(seed, channel, index + 1) * 2 - 1;
  return before + (after - before) * weight;
}
