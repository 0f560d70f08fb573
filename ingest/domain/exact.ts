/**
 * Exact decimal arithmetic. Amounts are counted in millionths of the unit; what has more decimals is carried on in
 * thousandths of a millionth, so nine decimals decide. A mean is kept as (sum, count) and rounded once, at the end, from
 * the unrounded value (GB/T 8170, 四舍六入五成双).
 */

const MICRO = 1_000_000;
const NANO = 1_000_000_000;
const PARTS = NANO / MICRO;
const POWERS = [1_000_000, 100_000, 10_000, 1000, 100, 10, 1] as const;
/** Below it a binary number tells the ninth decimal of a value apart, above it the sixth: it has 16 digits in all. */
const FINE_VALUES = 2 ** 21;
/** Likewise for sums, in millionths. */
const FINE_SUMS = 2 ** 40;

/** A value in millionths, exact to its ninth decimal (from 2.1 million units on to its sixth); more decimals are rounded away. */
export function toMicro(value: number): number {
  return Math.abs(value) < FINE_VALUES ? Math.round(value * NANO) / PARTS : Math.round(value * MICRO);
}

/** Millionths in the unit itself. */
export function fromMicro(micro: number): number {
  return micro / MICRO;
}

/** The sum of amounts in millionths: what binary addition of fractions leaves over is taken off, so that the order of adding does not matter. */
export function addMicro(sum: number, micro: number): number {
  return settled(sum + micro);
}

function settled(micro: number): number {
  if (Number.isInteger(micro)) return micro;
  return Math.abs(micro) < FINE_SUMS ? Math.round(micro * PARTS) / PARTS : Math.round(micro);
}

/** A mean that has not been rounded: `sumMicro / count` millionths. `sumMicro` is whole, or has three decimals. */
export interface ExactMean {
  readonly sumMicro: number;
  readonly count: number;
}

/** One value in its unit as a mean of one. */
export function exactValue(value: number): ExactMean {
  return { sumMicro: toMicro(value), count: 1 };
}

/** The unrounded mean as a binary number: for comparison and display only. */
export function approximate(mean: ExactMean): number {
  return mean.sumMicro / mean.count / MICRO;
}

function floorDivide(dividend: number, divisor: number): number {
  const quotient = Math.floor(dividend / divisor);
  const remainder = dividend - quotient * divisor;
  if (remainder < 0) return quotient - 1;
  return remainder >= divisor ? quotient + 1 : quotient;
}

/** `dividend / divisor` rounded half to even, on integers. */
export function divideHalfEven(dividend: number, divisor: number): number {
  const quotient = floorDivide(dividend, divisor);
  const twice = (dividend - quotient * divisor) * 2;
  if (twice > divisor || (twice === divisor && quotient % 2 !== 0)) return quotient + 1;
  return quotient;
}

/** `dividend / divisor` rounded up, on integers: IAQI and AQI (HJ 633, 向上进位取整数). */
export function divideCeil(dividend: number, divisor: number): number {
  const quotient = floorDivide(dividend, divisor);
  return quotient * divisor === dividend ? quotient : quotient + 1;
}

/** The mean in integer units of 10^-decimals, by GB/T 8170. `decimals` 0 to 6. */
export function roundToUnits(mean: ExactMean, decimals: number): number {
  const step = POWERS[decimals];
  if (step === undefined) throw new RangeError(`decimals must be 0 to 6, not ${decimals}`);
  return divideHalfEven(mean.sumMicro, mean.count * step);
}

/** The mean rounded by GB/T 8170 as a plain number. */
export function roundMean(mean: ExactMean, decimals: number): number {
  return roundToUnits(mean, decimals) / 10 ** decimals;
}

/** One value rounded by GB/T 8170: 60.5 gives 60, 61.5 gives 62, 2.15 gives 2.2. */
export function roundHalfEven(value: number, decimals: number): number {
  return roundMean(exactValue(value), decimals);
}

/** Compares a mean with a limit without rounding either (全数值比较法): negative below, 0 equal, positive above. */
export function compareWithLimit(mean: ExactMean, limit: number): number {
  return compareMicro(mean, toMicro(limit));
}

/** The same with the limit in millionths, for tables that are prepared once. */
export function compareMicro(mean: ExactMean, limitMicro: number): number {
  return settled(mean.sumMicro - limitMicro * mean.count);
}

/** By how many times a mean exceeds a limit, (C − S)/S, in units of 10^-decimals by GB/T 8170; `limitMicro` in millionths, above 0. */
export function excessUnits(mean: ExactMean, limitMicro: number, decimals: number): number {
  const whole = Number.isInteger(mean.sumMicro) && Number.isInteger(limitMicro);
  const scale = whole ? 1 : PARTS;
  const over = Math.round(compareMicro(mean, limitMicro) * scale);
  return divideHalfEven(over * 10 ** decimals, Math.round(limitMicro * mean.count * scale));
}

function greatestDivisor(first: number, second: number): number {
  let [a, b] = [first, second];
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/**
 * Arithmetic mean of means, each with the same weight whatever its own count (a day from its hours, a year from its days); undefined for none.
 * Exact for every rounding and comparison of up to 8 decimals: where the common denominator outgrows integers, the result is
 * cut to half of a ninth decimal with the last bit set if anything was cut off, so ties and limits still tell apart.
 */
export function meanOfMeans(means: readonly ExactMean[]): ExactMean | undefined {
  let common = 1;
  let magnitude = 0;
  let whole = true;
  for (const { sumMicro, count } of means) {
    // Once it has outgrown integers it must not grow on to infinity, of which there is no divisor.
    if (common < Number.MAX_SAFE_INTEGER) common *= count / greatestDivisor(common, count);
    magnitude += Math.abs(sumMicro / count);
    whole &&= Number.isInteger(sumMicro);
  }
  if (means.length === 0) return undefined;
  const most = whole ? Number.MAX_SAFE_INTEGER : FINE_SUMS;
  if ((magnitude + 1) * common * 2 < most && common * means.length < 2 ** 31) {
    let sumMicro = 0;
    for (const mean of means) sumMicro = addMicro(sumMicro, mean.sumMicro * (common / mean.count));
    return { sumMicro, count: common * means.length };
  }
  return meanByLongIntegers(means);
}

/** Millionths as a whole number of billionths, for products that outgrow binary numbers. */
export function billionths(micro: number): bigint {
  return Number.isInteger(micro) ? BigInt(micro) * BigInt(PARTS) : BigInt(Math.round(micro * PARTS));
}

function meanByLongIntegers(means: readonly ExactMean[]): ExactMean {
  let numerator = 0n;
  let denominator = 1n;
  for (const { sumMicro, count } of means) {
    const own = BigInt(count);
    let [a, b] = [denominator, own];
    while (b !== 0n) [a, b] = [b, a % b];
    numerator = numerator * (own / a) + billionths(sumMicro) * (denominator / a);
    denominator *= own / a;
  }
  denominator *= BigInt(means.length);
  let quotient = numerator / denominator;
  const remainder = numerator - quotient * denominator;
  if (remainder < 0n) quotient -= 1n;
  return { sumMicro: Number(quotient) * 2 + (remainder === 0n ? 0 : 1), count: 2 * PARTS };
}

/**
 * Largest value in steps of 10^-decimals that `keeps` accepts: rounded down, so that it keeps what it promises. `micro` is a
 * binary estimate in millionths from which the exact one is a step or two away; `keeps` must hold below it and fail above.
 */
export function largestKept(micro: number, decimals: number, keeps: (value: ExactMean) => boolean): number {
  const step = MICRO / 10 ** decimals;
  const at = (steps: number) => ({ sumMicro: steps * step, count: 1 });
  let steps = Math.floor(micro / step);
  while (!keeps(at(steps))) steps -= 1;
  while (keeps(at(steps + 1))) steps += 1;
  return steps / 10 ** decimals;
}
