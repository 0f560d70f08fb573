import { DAY_MS, HOUR_MS } from '../../time.ts';
import { solvePositive } from './normal-equations.ts';

/** Tidal constituents with their speed in degrees an hour, in the order in which a growing record can tell them apart. */
const CONSTITUENTS = [
  ['M2', 28.9841042],
  ['K1', 15.0410686],
  ['M4', 57.9682084],
  ['O1', 13.9430356],
  ['S2', 30.0],
  ['MS4', 58.9841042],
  ['N2', 28.4397295],
  ['P1', 14.9589314],
] as const;

/** When a record is fitted at all, and what is left out of the second pass. */
export interface TideSettings {
  readonly leastDays: number;
  /** Rayleigh's criterion: 1 asks for a full cycle of difference between two constituents. */
  readonly rayleigh: number;
  readonly trimSigma: number;
}

interface TideConstituent {
  readonly name: string;
  /** Degrees an hour. */
  readonly speed: number;
  /** m. */
  readonly amplitude: number;
  /** Degrees at the fit's reference time. */
  readonly phase: number;
}

/** Harmonic fit of a station's own history. */
export interface TideFit {
  /** Reference time of the phases, epoch ms. */
  readonly epoch: number;
  /** Mean level, m. */
  readonly mean: number;
  readonly constituents: readonly TideConstituent[];
  /** Root mean square of the residuals that took part, m. */
  readonly rmse: number;
  readonly samples: number;
  readonly from: number;
  readonly to: number;
}

/** Constituents that a record of this length separates (Rayleigh's criterion against those already taken). */
export function separableConstituents(spanHours: number, rayleigh: number): (readonly [name: string, speed: number])[] {
  const taken: (readonly [string, number])[] = [];
  for (const candidate of CONSTITUENTS) {
    const enough = spanHours * candidate[1] >= 360 * rayleigh;
    if (enough && taken.every(([, speed]) => Math.abs(speed - candidate[1]) * spanHours >= 360 * rayleigh)) taken.push(candidate);
  }
  return taken;
}

function basis(at: number, epoch: number, speeds: readonly number[]): number[] {
  const hours = (at - epoch) / HOUR_MS;
  const row = [1];
  for (const speed of speeds) {
    const angle = ((speed * hours) % 360) * (Math.PI / 180);
    row.push(Math.cos(angle), Math.sin(angle));
  }
  return row;
}

function leastSquares(rows: readonly number[][], levels: readonly number[], keep: readonly boolean[]): number[] | undefined {
  const size = rows[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, () => new Float64Array(size));
  const right = new Float64Array(size);
  rows.forEach((row, index) => {
    if (!keep[index]) return;
    const level = levels[index] as number;
    for (let i = 0; i < size; i += 1) {
      const factor = row[i] as number;
      right[i] = (right[i] as number) + factor * level;
      const line = matrix[i] as Float64Array;
      for (let j = 0; j <= i; j += 1) line[j] = (line[j] as number) + factor * (row[j] as number);
    }
  });
  return solvePositive(matrix, right);
}

function dot(row: readonly number[], solution: readonly number[]): number {
  return row.reduce((sum, factor, index) => sum + factor * (solution[index] as number), 0);
}

/**
 * Fits the tide of a station to its own levels (m) by least squares; no tide table is needed. Levels beyond `trimSigma` deviations are left out in a
 * second pass, so that a flood does not bend the tide. Nodal modulation is not modelled: refit at least once a year. Undefined below
 * `leastDays` of record or with fewer than four samples for each unknown.
 */
export function fitTide(
  samples: readonly { readonly at: number; readonly level: number }[],
  settings: TideSettings,
): TideFit | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { at } of samples) {
    from = Math.min(from, at);
    to = Math.max(to, at);
  }
  if (!(to - from >= settings.leastDays * DAY_MS)) return undefined;
  const constituents = separableConstituents((to - from) / HOUR_MS, settings.rayleigh);
  const speeds = constituents.map(([, speed]) => speed);
  if (samples.length < 4 * (1 + 2 * speeds.length)) return undefined;
  const rows = samples.map(({ at }) => basis(at, from, speeds));
  const levels = samples.map(({ level }) => level);
  let keep = samples.map(() => true);
  let solution = leastSquares(rows, levels, keep);
  if (solution === undefined) return undefined;
  const first = solution;
  const sigma = rootMeanSquare(rows.map((row, index) => (levels[index] as number) - dot(row, first)));
  keep = rows.map((row, index) => Math.abs((levels[index] as number) - dot(row, first)) <= settings.trimSigma * sigma + 1e-9);
  solution = leastSquares(rows, levels, keep) ?? first;
  const final = solution;
  const residuals = rows.flatMap((row, index) => (keep[index] ? [(levels[index] as number) - dot(row, final)] : []));
  return {
    epoch: from,
    mean: final[0] as number,
    constituents: constituents.map(([name, speed], index) => {
      const cosine = final[1 + 2 * index] as number;
      const sine = final[2 + 2 * index] as number;
      return { name, speed, amplitude: Math.hypot(cosine, sine), phase: (Math.atan2(sine, cosine) * 180) / Math.PI };
    }),
    rmse: rootMeanSquare(residuals),
    samples: residuals.length,
    from,
    to,
  };
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length));
}

/** Level of the fitted tide at a time (epoch ms), m above the station's datum. */
export function predictTide(fit: TideFit, at: number): number {
  const hours = (at - fit.epoch) / HOUR_MS;
  return fit.constituents.reduce(
    (level, { speed, amplitude, phase }) => level + amplitude * Math.cos((((speed * hours) % 360) - phase) * (Math.PI / 180)),
    fit.mean,
  );
}
