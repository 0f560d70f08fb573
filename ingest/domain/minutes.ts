import { HOUR_MS, hourEnd, MINUTE_MS } from './time.ts';

/**
 * Which minutes of an hour were sampled, one bit each in two halves of 30: what two devices sampled at once is one minute, in
 * whatever order and split it comes (the 45 minutes of GB 3095, table 4, are minutes of the hour).
 */
export const EVERY_MINUTE = 2 ** 30 - 1;
const HALF = 30;

function bits(first: number, last: number): number {
  const [from, to] = [Math.max(0, first), Math.min(HALF - 1, last)];
  return from > to ? 0 : (2 << to) - (1 << from);
}

/** First and last minute of its hour that a value labelled `at` (END of its period, ms) touches. A period of an hour or more stands for its hour. */
function firstMinute(at: number, periodMs: number): number {
  if (periodMs >= HOUR_MS) return 0;
  return Math.floor((at - periodMs - hourEnd(at) + HOUR_MS) / MINUTE_MS);
}

function lastMinute(at: number, periodMs: number): number {
  if (periodMs >= HOUR_MS) return 2 * HALF - 1;
  return periodMs <= 0 ? -1 : Math.ceil((at - hourEnd(at) + HOUR_MS) / MINUTE_MS) - 1;
}

/** Minutes 0 to 29 that a value stands for. */
export function firstHalf(at: number, periodMs: number): number {
  return bits(firstMinute(at, periodMs), lastMinute(at, periodMs));
}

/** Minutes 30 to 59 that a value stands for. */
export function secondHalf(at: number, periodMs: number): number {
  return bits(firstMinute(at, periodMs) - HALF, lastMinute(at, periodMs) - HALF);
}

function count(half: number): number {
  let rest = half - ((half >> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >> 2) & 0x33333333);
  return (((rest + (rest >> 4)) & 0x0f0f0f0f) * 0x01010101) >> 24;
}

/** How much of an hour was sampled, ms: the periods added up, but no more than the minutes they touch. */
export function sampledMs(addedMs: number, first: number, second: number): number {
  return Math.min(addedMs, (count(first) + count(second)) * MINUTE_MS);
}
