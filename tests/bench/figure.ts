/** One row of the bench: what was measured beside what it is held against, in the same unit. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: number;
  /** value / reference: of rates more is better, of times and sizes less. */
  readonly ratio: number;
}

export function figure(name: string, value: number, unit: string, reference: number): Figure {
  return { name, value, unit, reference, ratio: value / reference };
}

/** By linear interpolation between the nearest ranks; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
  return low + (high - low) * (place - Math.floor(place));
}

/** Of an even number the mean of the middle two; NaN of nothing. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
