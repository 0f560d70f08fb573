import type { StoredGroup } from '../ledger/stored-group.ts';
import { Moved, serveThread } from '../ledger/thread.ts';
import type { SeriesQuery, SeriesStatus } from '../ports/series.ts';
import { Drain, type DrainOptions } from './drain.ts';
import type { Restated, RollupQuery, SeriesEngine } from './engine.ts';

/** What a series thread tells without being asked. */
export type SeriesNews = { readonly status: SeriesStatus } | { readonly restated: readonly Restated[] };

function moved<V extends { readonly rows: Float64Array<ArrayBuffer> }>(value: V): Moved<V> {
  return new Moved(value, [value.rows.buffer]);
}

/** What a series thread answers to. */
function seriesApi<Options>(make: (options: Options) => SeriesEngine, tell: (news: SeriesNews) => void) {
  let engine: SeriesEngine | undefined;
  let drain: Drain | undefined;
  // The clock lives in the main thread; each message that carries its time sets ours.
  let ahead = 0;
  const now = () => Date.now() + ahead;

  const opened = (): { engine: SeriesEngine; drain: Drain } => {
    if (engine === undefined || drain === undefined) throw new Error('the series store is not open');
    return { engine, drain };
  };

  return {
    async open(options: Options, drainOptions: DrainOptions, time: number) {
      ahead = time - Date.now();
      engine = make(options);
      drain = new Drain(engine, drainOptions, now, {
        onStatus: (status) => tell({ status }),
        onRestated: (restated) => tell({ restated }),
      });
      await drain.start();
    },
    wake(time: number, groups: readonly StoredGroup[]) {
      ahead = time - Date.now();
      opened().drain.wake(groups);
    },
    drained(time: number) {
      ahead = time - Date.now();
      return opened().drain.drained();
    },
    async series(query: SeriesQuery) {
      const shaped = await opened().engine.series(query);
      return new Moved(shaped, [shaped.points.buffer]);
    },
    latest: async (stations: readonly string[] | undefined) => moved(await opened().engine.latest(stations)),
    readings: async (station: string, from: number, to: number) => moved(await opened().engine.readings(station, from, to)),
    rollups: async (query: RollupQuery) => moved(await opened().engine.rollups(query)),
    prune: (time: number) => opened().engine.prune(time),
    backup: (folder: string) => opened().engine.backup(folder),
    async close() {
      await drain?.stop();
      drain = undefined;
      engine = undefined;
    },
  };
}

export type SeriesApi<Options> = ReturnType<typeof seriesApi<Options>>;

/** Runs a series database and its drain in the storage thread this module was loaded into. */
export function serveSeries<Options>(make: (options: Options) => SeriesEngine): void {
  let tell: (news: SeriesNews) => void = () => {};
  tell = serveThread(seriesApi(make, (news) => tell(news)));
}
