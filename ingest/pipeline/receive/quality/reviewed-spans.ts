import { QUALITY } from '@clearbay/domain/quality.ts';

/** A span of event times, both ends included, that a person took out of a metric or put back. */
export interface ReviewedSpan {
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  readonly excluded: boolean;
}

/** What people decided of a station's values, oldest decision first; asked for every reading. */
export interface ReviewedSpans {
  /** Undefined where nobody decided anything about the station that could hold at this moment. */
  of(station: string, at: number): readonly ReviewedSpan[] | undefined;
}

/** Whether the newest decision on a moment of a metric takes it out; undefined where there is none. */
function isTakenOut(spans: readonly ReviewedSpan[], metric: string, at: number): boolean | undefined {
  for (let index = spans.length - 1; index >= 0; index -= 1) {
    const span = spans[index] as ReviewedSpan;
    if (span.metric === metric && at >= span.from && at <= span.to) return span.excluded;
  }
  return undefined;
}

/** The quality of a reading after what people decided: the bit `excluded` set or cleared, everything else as it was. */
export function reviewedQuality(
  spans: readonly ReviewedSpan[],
  at: number,
  values: Readonly<Record<string, number>>,
  quality: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> | undefined {
  let changed: Record<string, number> | undefined;
  for (const metric in values) {
    const takenOut = isTakenOut(spans, metric, at);
    if (takenOut === undefined) continue;
    const flags = quality?.[metric] ?? 0;
    const wanted = takenOut ? flags | QUALITY.excluded : flags & ~QUALITY.excluded;
    if (wanted === flags) continue;
    changed ??= { ...quality };
    if (wanted === 0) delete changed[metric];
    else changed[metric] = wanted;
  }
  if (changed === undefined) return quality;
  return Object.keys(changed).length === 0 ? undefined : changed;
}
