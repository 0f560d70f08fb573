import { type Reading, readingKey } from '@clearbay/domain/reading.ts';
import type { Ledger } from '@clearbay/store/ports/ledger.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';

/**
 * Committed readings of a station by event time: the long memory for what the ledger has let go, the ledger for what the
 * long memory does not have yet. While the long memory is away the ledger alone answers.
 */
export function storedReadings(ledger: Ledger, series: SeriesStore) {
  return async (station: string, from: number, to: number): Promise<readonly Reading[]> => {
    const [old, recent] = await Promise.all([
      series.readings(station, from, to).catch((): readonly Reading[] => []),
      ledger.readings(station, from, to),
    ]);
    if (old.length === 0) return recent;
    const newest = new Set(recent.map(readingKey));
    return [...old.filter((reading) => !newest.has(readingKey(reading))), ...recent].sort((a, b) => a.at - b.at);
  };
}
