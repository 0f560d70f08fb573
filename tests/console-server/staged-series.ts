import type { Reading } from '@clearbay/domain/reading.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import type { RollupRow, SeriesQuery, SeriesResult, SeriesStore } from '@clearbay/store/ports/series.ts';

/** A series store of known content; what is asked of it is remembered. */
export class StagedSeries implements SeriesStore {
  asked: SeriesQuery[] = [];
  held: readonly Reading[] = [];
  rolled: readonly RollupRow[] = [];

  start = () => Promise.resolve();
  stop = () => Promise.resolve();
  wake = () => undefined;
  drained = () => Promise.resolve();
  onRestated = () => undefined;
  latest = () => Promise.resolve([]);
  status = () => ({ state: 'up', cursor: 0, lag: 0, setAside: 0 }) as const;

  series(query: SeriesQuery): Promise<SeriesResult> {
    this.asked.push(query);
    const at = query.to - 1;
    return Promise.resolve({
      resolution: query.resolution ?? 'raw',
      bucketMs: query.resolution === 'hour' ? HOUR_MS : 0,
      points: [{ at, mean: 1.5, min: 1, max: 2, count: 2, validCount: 2, flags: 0 }],
    });
  }

  readings(station: string, from: number, to: number): Promise<readonly Reading[]> {
    return Promise.resolve(this.held.filter((reading) => reading.station === station && reading.at >= from && reading.at < to));
  }

  rollups({ from, to }: { readonly from: number; readonly to: number }): Promise<readonly RollupRow[]> {
    return Promise.resolve(this.rolled.filter(({ at }) => at >= from && at <= to));
  }
}
