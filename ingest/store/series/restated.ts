import type { SeriesDictionary } from './dictionary.ts';
import type { Restated } from './engine.ts';

/** Hours among the changed ones that had ended at `now`, as one span a station. */
export function restatedHours(
  hours: Iterable<{ readonly series: number; readonly at: number }>,
  dictionary: SeriesDictionary,
  now: number,
): Restated[] {
  const spans = new Map<string, { from: number; to: number }>();
  for (const { series, at } of hours) {
    const station = dictionary.series[series]?.station;
    if (at > now || station === undefined) continue;
    const span = spans.get(station);
    if (span === undefined) spans.set(station, { from: at, to: at });
    else {
      span.from = Math.min(span.from, at);
      span.to = Math.max(span.to, at);
    }
  }
  return [...spans].map(([station, { from, to }]) => ({ station, from, to }));
}
