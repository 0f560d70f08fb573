export const BENCH_PASSWORD = 'bench';

/** The devices of the bench: each a station of its own with the six pollutants. */
export function benchDevices(count: number): { user: string; password: string; station: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    user: `bench-${index}`,
    password: BENCH_PASSWORD,
    station: `station-${index}`,
  }));
}

export const BENCH_DEVICES = 200;

/** A device that connects and says little. */
export const idleDevice = (index: number) => `idle-${index}`;
