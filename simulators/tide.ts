import { HOUR_MS } from '@clearbay/domain/time.ts';

/**
 * Harmonic constituents of the demonstration tide: speed in degrees an hour (astronomical constants), amplitude in m and phase in degrees.
 * Amplitudes and phases are made up in the size of Quanzhou Bay: macrotidal and semidiurnal; they predict no real tide.
 */
const CONSTITUENTS = [
  { name: 'M2', speed: 28.984_104_2, amplitude: 1.75, phase: 335 },
  { name: 'S2', speed: 30, amplitude: 0.55, phase: 25 },
  { name: 'N2', speed: 28.439_729_5, amplitude: 0.35, phase: 310 },
  { name: 'K1', speed: 15.041_068_6, amplitude: 0.3, phase: 280 },
  { name: 'O1', speed: 13.943_035_6, amplitude: 0.25, phase: 240 },
] as const;

/** Astronomical tide at `at` (epoch ms), m above mean sea level; within ±3.2 m. */
export function tideAt(at: number): number {
  const hours = at / HOUR_MS;
  let level = 0;
  for (const { speed, amplitude, phase } of CONSTITUENTS) {
    level += amplitude * Math.cos((((speed * hours) % 360) - phase) * (Math.PI / 180));
  }
  return level;
}
