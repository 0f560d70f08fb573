import { dayStart } from '@clearbay/domain/time.ts';
import { addWindow, emptyWindow, type Level, WindowTable, windowEnd } from '../windows.ts';
import { recountHours } from './raw.ts';
import { fetchRollups } from './rollups.ts';
import type { InfluxServer } from './server.ts';
import type { StoredWindow, WindowStore } from './window-store.ts';

/** Rollups by series and label. */
export class RollupMap {
  readonly #found = new Map<string, StoredWindow>();

  get(series: number, at: number): StoredWindow | undefined {
    return this.#found.get(`${series} ${at}`);
  }

  set(rollup: StoredWindow): void {
    this.#found.set(`${rollup.series} ${rollup.at}`, rollup);
  }

  values(): IterableIterator<StoredWindow> {
    return this.#found.values();
  }
}

/** Works out what the rollups become when a batch is added, without storing anything. */
export class Summing {
  readonly #server: InfluxServer;
  readonly #store: WindowStore;
  readonly #closedBefore: number;

  /** `closedBefore`: windows that ended by then get a new revision when they change. */
  constructor(server: InfluxServer, store: WindowStore, closedBefore: number) {
    this.#server = server;
    this.#store = store;
    this.#closedBefore = closedBefore;
  }

  /** The stored rollups of these windows; `sealed` are those that only InfluxDB knew and whose raw points are past `rawHorizon`. */
  async known(level: Level, keys: Iterable<{ series: number; at: number }>, rawHorizon: number) {
    const known = new RollupMap();
    const sealed = new RollupMap();
    const remote: { series: number; at: number }[] = [];
    for (const { series, at } of keys) {
      const local = this.#store.window(level, series, at);
      if (local !== undefined) known.set(local);
      else if (at <= this.#store.forgottenUpTo(level)) remote.push({ series, at });
    }
    for (const found of await fetchRollups(this.#server, this.#store, level, remote)) {
      if (found === undefined) continue;
      known.set(found);
      if (windowEnd(level, found.at) <= rawHorizon) sealed.set(found);
    }
    return { known, sealed };
  }

  add(level: Level, added: WindowTable, known: RollupMap): StoredWindow[] {
    return [...added].map(({ series, at, window }) => {
      const before = known.get(series, at);
      const sum = emptyWindow();
      if (before !== undefined) addWindow(sum, before.window);
      addWindow(sum, window);
      return { level, series, at, window: sum, revision: this.#revision(level, at, before) };
    });
  }

  async recount(hours: WindowTable, known: RollupMap): Promise<StoredWindow[]> {
    const keys = [...hours].map(({ series, at }) => ({ series, at, ...this.#name(series) }));
    const windows = await recountHours(this.#server, keys);
    return keys.map(({ series, at }, index) => ({
      level: 'hour',
      series,
      at,
      window: windows[index] ?? emptyWindow(),
      revision: this.#revision('hour', at, known.get(series, at)),
    }));
  }

  /** Days of recounted hours, from all of their hours: the changed ones of this batch and the rest as stored. */
  async recountDays(recounted: WindowTable, changed: RollupMap): Promise<StoredWindow[]> {
    const days = new WindowTable();
    for (const { series, at } of recounted) days.window(series, dayStart(at));
    const { known } = await this.known('day', days, Number.NEGATIVE_INFINITY);
    const result: StoredWindow[] = [];
    for (const { series, at, window } of days) {
      const hours: { series: number; at: number }[] = [];
      for (let end = at + 3_600_000; end <= windowEnd('day', at); end += 3_600_000) hours.push({ series, at: end });
      const stored = await this.known('hour', hours, Number.NEGATIVE_INFINITY);
      for (const hour of hours) {
        const figure = changed.get(series, hour.at) ?? stored.known.get(series, hour.at);
        if (figure !== undefined && figure.window.count > 0) addWindow(window, figure.window);
      }
      result.push({ level: 'day', series, at, window, revision: this.#revision('day', at, known.get(series, at)) });
    }
    return result;
  }

  #revision(level: Level, at: number, before: StoredWindow | undefined): number {
    if (before === undefined || before.window.count === 0) return 0;
    return before.revision + (windowEnd(level, at) <= this.#closedBefore ? 1 : 0);
  }

  #name(series: number): { station: string; metric: string } {
    return this.#store.dictionary.series[series] ?? { station: '', metric: '' };
  }
}
