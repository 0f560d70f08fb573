const SPINS = 7;
const SPIN_MS = 40;
/** A bound that gives way further than this would bound nothing. */
const MOST = 4;

function spin(): number {
  const before = process.threadCpuUsage();
  const began = performance.now();
  while (performance.now() - began < SPIN_MS);
  const { user, system } = process.threadCpuUsage(before);
  return ((performance.now() - began) * 1000) / Math.max(1, user + system);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/**
 * How many times slower than alone a busy thread gets on here now: 1 on a machine of our own, at most 4. Bounds in milliseconds
 * are multiplied by it, so that a machine shared with others judges the system and not its neighbours.
 */
export function crowding(): number {
  return Math.min(MOST, Math.max(1, median(Array.from({ length: SPINS }, spin))));
}
