import { randomUUID } from 'node:crypto';
import { DAY_MS, dayStart } from '@clearbay/domain/time.ts';
import type { LedgerReader } from '../../ledger/ledger-reader.ts';
import type { LedgerRows } from '../../ledger/ledger-rows.ts';
import type { SeriesQuery } from '../../ports/series.ts';
import { allFresh, isCorrection, type Settled, settleAgain } from '../again.ts';
import {
  LATEST_WIDTH,
  type NamedRows,
  type ReadingRows,
  type Retention,
  type RollupQuery,
  type SeriesEngine,
  type Written,
} from '../engine.ts';
import { isFuture } from '../latest.ts';
import { COLUMN, PointBatch } from '../points.ts';
import { isSqliteOutage } from '../poison.ts';
import { restatedHours } from '../restated.ts';
import { chooseResolution, type ShapedSeries, shapeRaw, shapeWindows } from '../shape.ts';
import { WindowTable, windowAt, windowEnd, windowStart } from '../windows.ts';
import { InfluxAway } from './line-writer.ts';
import { PointLines } from './lines.ts';
import { type Identity, knownReadings, metricsOf, newestOf, rawSeries, readingRows, removeReadings, timeLiteral } from './raw.ts';
import { recentColumns, recentReadings } from './recent.ts';
import { pushRollups, queryRollups, type Rollup, rollupRows, rollupsOfSeries } from './rollups.ts';
import { InfluxRefusal, InfluxServer, type InfluxServerOptions } from './server.ts';
import { RollupMap, Summing } from './summing.ts';
import { WindowStore } from './window-store.ts';

const REMEMBERED_MS = 7 * DAY_MS;

export interface InfluxEngineOptions extends InfluxServerOptions {
  /** File of the drain's own memory: cursor, recent rollups, latest values. */
  readonly stateFile: string;
  readonly retention: Retention;
  readonly graceMs: number;
}

/** Series in InfluxDB 1.x. Points are written before the cursor moves; a point's identity makes a repeat harmless. */
export class InfluxEngine implements SeriesEngine {
  readonly #options: InfluxEngineOptions;
  readonly #server: InfluxServer;
  #store: WindowStore | undefined;
  #lines: PointLines | undefined;
  #ledger: LedgerReader | undefined;
  #cursor = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: InfluxEngineOptions) {
    this.#options = options;
    this.#server = new InfluxServer(options);
  }

  get cursor(): number {
    return this.#cursor;
  }

  get setAside(): number {
    return this.#store?.setAsideCount() ?? 0;
  }

  /** Opens the drain's own memory; InfluxDB may be away. */
  async open(ledger: LedgerReader): Promise<void> {
    this.#ledger = ledger;
    this.#store ??= new WindowStore(this.#options.stateFile);
    this.#lines = new PointLines(this.#store.dictionary);
    this.#meet(this.#store, ledger);
  }

  /** Another ledger, or an older copy of ours: start where it stands, and count anew the hours it may repeat. */
  #meet(store: WindowStore, ledger: LedgerReader): void {
    const known = store.text('ledger');
    const id = ledger.id();
    this.#cursor = store.number('cursor', 0);
    if (known === id && this.#cursor <= ledger.lastSeq()) return;
    this.#cursor = known === id ? ledger.lastSeq() : 0;
    store.commit(() => {
      if (known !== undefined) store.set('verify_at', store.newestAt());
      store.set('ledger', id);
      store.set('cursor', this.#cursor);
    });
  }

  async ready(): Promise<void> {
    const store = this.#opened();
    if (!this.#server.up) {
      await this.#server.connect(this.#options.retention);
      await this.#recognize(store);
    }
    await this.#alone(() => pushRollups(this.#server, store));
  }

  /** A database without our mark is a new or an emptied one: everything the ledger still has is written again. */
  async #recognize(store: WindowStore): Promise<void> {
    const installation = store.text('installation');
    if (installation !== undefined) {
      const [found = []] = await this.#server.query(
        'SELECT "cursor" FROM "day"."clearbay" WHERE "installation" = $installation',
        {
          installation,
        },
      );
      if (found.length > 0) return;
      const ledger = store.text('ledger') ?? '';
      store.reset();
      store.commit(() => store.set('ledger', ledger));
      this.#cursor = 0;
      this.#lines = new PointLines(store.dictionary);
    }
    const mark = installation ?? randomUUID();
    await this.#server.write('day', { length: 1, line: () => `clearbay,installation=${mark} cursor=0i 0` });
    store.commit(() => store.set('installation', mark));
  }

  write(rows: LedgerRows, ledger: LedgerReader, now: number): Promise<Written> {
    return this.#alone(async () => {
      const store = this.#opened();
      const verifyAt = Math.max(store.number('verify_at', Number.NEGATIVE_INFINITY), ledger.prunedAt());
      const batch = new PointBatch(store.dictionary);
      const recounted = new WindowTable();
      const corrected: Identity[] = [];
      const { fresh, again, aside } = await this.#settle(rows, verifyAt, store, ledger);
      for (const row of fresh) {
        const first = batch.length;
        batch.addRow(rows, row, ledger);
        const at = rows.at(row);
        const source = ledger.sources[rows.source(row)];
        if (isCorrection(rows, row) && source !== undefined) corrected.push({ source, at });
        else if (at <= verifyAt) markHours(recounted, batch, first);
      }
      // An interruption may have left these written and not summed up.
      const repeated = pointsOf(rows, again, store, ledger);
      markHours(recounted, repeated, 0);
      const conflicting = pointsOf(rows, aside, store, ledger);
      const lost = await this.#removeCorrected(store, corrected, recounted);

      const summing = new Summing(this.#server, store, now - this.#options.graceMs);
      const rawHorizon = now - this.#options.retention.rawMs;
      let hours = batch.hours();
      const { known, sealed } = await summing.known('hour', union(hours, recounted), rawHorizon);
      const late = batch.partition(
        (row) => sealed.get(batch.cell(row, COLUMN.series), windowAt('hour', batch.cell(row, COLUMN.at))) !== undefined,
      );
      if (late.length > 0) hours = batch.hours();
      for (const { series, at } of sealed.values()) recounted.delete(series, at);

      const lines = this.#lines ?? new PointLines(store.dictionary);
      const refused = await this.#server.write('raw', { length: batch.length, line: (row) => lines.line(batch, row) });
      if (refused.length > 0) {
        // A figure is made of what is stored, so that counting it anew gives the same.
        const unstored = new Set(refused.map(({ index }) => index));
        batch.partition((row) => unstored.has(row));
        hours = batch.hours();
      }

      for (const { series, at } of recounted) hours.delete(series, at);
      const changed = new RollupMap();
      for (const rollup of summing.add('hour', hours, known)) changed.set(rollup);
      for (const rollup of await summing.recount(recounted, known)) changed.set(rollup);
      const days = hours.days();
      for (const { series, at } of recounted) days.delete(series, dayStart(at));
      const knownDays = (await summing.known('day', days, rawHorizon)).known;
      const changedDays = [...summing.add('day', days, knownDays), ...(await summing.recountDays(recounted, changed))];
      const renewed = await this.#newest(store, lost);

      store.commit(() => {
        for (const rollup of changed.values()) store.put(rollup, now);
        for (const rollup of changedDays) store.put(rollup, now);
        for (const { line, error } of refused) store.setAside(error, line);
        for (let row = 0; row < late.length; row++) store.setAside('its day is closed', lines.line(late, row));
        for (let row = 0; row < conflicting.length; row++) store.setAside('another value is there', lines.line(conflicting, row));
        for (const { series, latest } of renewed) store.latest.set(series, latest);
        offerLatest(store, batch);
        store.set('recount', '[]');
        store.set('cursor', rows.length > 0 ? rows.seq(rows.length - 1) : this.#cursor);
      });
      this.#cursor = store.number('cursor', 0);
      // Where this fails the batch still stands: `ready` pushes on, and until then rollups are answered from here.
      await pushRollups(this.#server, store).catch((error: unknown) => {
        if (!(error instanceof InfluxAway)) throw error;
      });
      return { restated: restatedHours(union(hours, recounted), store.dictionary, now), windows: hours.size };
    });
  }

  /** What the server answers does not speak of the rows: the lines it refuses come back from its writer by name. */
  isOutage(error: unknown): boolean {
    return error instanceof InfluxAway || error instanceof InfluxRefusal || isSqliteOutage(error);
  }

  setRowAside(seq: number, reason: string, content: string): Promise<void> {
    return this.#alone(async () => {
      const store = this.#opened();
      store.commit(() => {
        store.setAsideOnce(reason, content);
        store.set('cursor', seq);
      });
      this.#cursor = seq;
    });
  }

  /** Looks up rows that the ledger may hold again although InfluxDB has them. */
  async #settle(rows: LedgerRows, verifyAt: number, store: WindowStore, ledger: LedgerReader): Promise<Settled> {
    const suspects: Identity[] = [];
    for (let row = 0; row < rows.length; row += 1) {
      const at = rows.at(row);
      const source = at <= verifyAt ? ledger.sources[rows.source(row)] : undefined;
      if (source !== undefined) suspects.push({ source, at });
    }
    if (suspects.length === 0) return allFresh(rows);
    return settleAgain(rows, verifyAt, await knownReadings(this.#server, suspects, store.dictionary), store.dictionary, ledger);
  }

  /**
   * Takes the old points of corrected readings out. Which hours they were in is written down first: after a crash the
   * points are gone, and with them the knowledge. Gives the series whose latest value went.
   */
  async #removeCorrected(store: WindowStore, corrected: readonly Identity[], recounted: WindowTable): Promise<number[]> {
    const before = JSON.parse(store.text('recount') ?? '[]') as [number, number][];
    for (const [series, at] of before) recounted.window(series, windowAt('hour', at));
    const lost = [...before];
    if (corrected.length > 0) {
      const metrics = await metricsOf(this.#server, corrected);
      corrected.forEach(({ source, at }, index) => {
        for (const metric of metrics[index] ?? []) {
          const series = store.dictionary.seriesOf(source.station, metric);
          recounted.window(series, windowAt('hour', at));
          lost.push([series, at]);
        }
      });
      store.commit(() => store.set('recount', JSON.stringify(lost)));
      await removeReadings(this.#server, corrected);
    }
    return [...new Set(lost.filter(([series, at]) => store.latest.get(series)?.at === at).map(([series]) => series))];
  }

  async #newest(store: WindowStore, series: readonly number[]) {
    const renewed = [];
    for (const id of series) {
      const name = store.dictionary.series[id];
      const newest = name === undefined ? [] : await newestOf(this.#server, name.station, name.metric, 100);
      renewed.push({ series: id, latest: newest.find(({ flags }) => !isFuture(flags)) });
    }
    return renewed;
  }

  async series(query: SeriesQuery): Promise<ShapedSeries> {
    const store = this.#opened();
    const { station, metric, from, to } = query;
    const horizons = { raw: horizon(store, 'raw'), hour: horizon(store, 'hour') };
    const resolution = chooseResolution(query, horizons);
    if (resolution === 'raw') {
      return this.#either(
        () => rawSeries(this.#server, query),
        (ledger) => shapeRaw(recentColumns(ledger, station, metric, from, to), query),
      );
    }
    const rollups = await this.#either(
      () => rollupsOfSeries(this.#server, resolution, { station, metric }, from - DAY_MS, to + DAY_MS),
      (): Rollup[] => {
        const id = store.dictionary.find(station, metric);
        return id === undefined ? [] : store.windows(resolution, id, from - DAY_MS, to + DAY_MS);
      },
    );
    const inside = rollups.filter(({ at }) => windowEnd(resolution, at) > from && windowStart(resolution, at) < to);
    return shapeWindows(resolution, inside, query);
  }

  async latest(stations: readonly string[] | undefined): Promise<NamedRows> {
    const { dictionary, latest } = this.#opened();
    const ids = dictionary.seriesIn(stations).filter((id) => latest.get(id) !== undefined);
    const rows = new Float64Array(ids.length * LATEST_WIDTH);
    ids.forEach((id, index) => {
      const found = latest.get(id);
      if (found !== undefined) rows.set([index, found.at, found.value, found.flags], index * LATEST_WIDTH);
    });
    return { names: ids.map((id) => dictionary.series[id] ?? { station: '', metric: '' }), rows };
  }

  readings(station: string, from: number, to: number): Promise<ReadingRows> {
    return this.#either(
      () => readingRows(this.#server, station, from, to),
      (ledger) => recentReadings(ledger, station, from, to),
    );
  }

  rollups(query: RollupQuery): Promise<NamedRows> {
    const { dictionary } = this.#opened();
    return this.#either(
      () => queryRollups(this.#server, query),
      () =>
        rollupRows(
          query.level,
          dictionary.seriesIn([...new Set(query.stations)], query.metrics).map((id) => ({
            name: dictionary.series[id] ?? { station: '', metric: '' },
            rollups: this.#opened().windows(query.level, id, query.from, query.to),
          })),
        ),
    );
  }

  /** Retention policies drop whole shards; this also closes the days at the exact horizon. */
  prune(now: number): Promise<void> {
    return this.#alone(async () => {
      const store = this.#opened();
      const { rawMs, hourMs } = this.#options.retention;
      const raw = Math.max(horizon(store, 'raw'), dayStart(now - rawMs));
      const hour = Math.max(horizon(store, 'hour'), dayStart(now - hourMs));
      await this.#server.query(
        `DELETE FROM "reading" WHERE time <= ${timeLiteral(raw)}; DELETE FROM "hour" WHERE time <= ${timeLiteral(hour)}`,
      );
      store.forget(now - REMEMBERED_MS);
      store.commit(() => {
        store.set('raw_horizon', raw);
        store.set('hour_horizon', hour);
      });
    });
  }

  async backup(): Promise<void> {
    throw new Error('InfluxDB is backed up with its own tool: influxd backup -portable');
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#server.close();
    this.#store?.close();
    this.#store = undefined;
  }

  #opened(): WindowStore {
    if (this.#store === undefined) throw new Error('the series store is not open');
    return this.#store;
  }

  /** Asks InfluxDB, or what is at hand while it is away. */
  async #either<T>(ask: () => Promise<T>, recent: (ledger: LedgerReader) => T): Promise<T> {
    const ledger = this.#ledger;
    if (ledger === undefined) throw new Error('the series store is not open');
    if (!this.#server.prompt) return recent(ledger);
    try {
      return await ask();
    } catch (error) {
      if (error instanceof InfluxAway) return recent(ledger);
      throw error;
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

function horizon(store: WindowStore, level: 'raw' | 'hour'): number {
  return store.number(`${level}_horizon`, Number.NEGATIVE_INFINITY);
}

function* union(one: WindowTable, other: WindowTable) {
  yield* one;
  for (const entry of other) if (!one.has(entry.series, entry.at)) yield entry;
}

function offerLatest({ latest }: WindowStore, batch: PointBatch): void {
  for (let row = 0; row < batch.length; row++) {
    const cell = (name: keyof typeof COLUMN) => batch.cell(row, COLUMN[name]);
    latest.offer(cell('series'), cell('at'), cell('value'), cell('flags'), cell('receivedAt'));
  }
}

function pointsOf(rows: LedgerRows, chosen: Iterable<number>, { dictionary }: WindowStore, ledger: LedgerReader): PointBatch {
  const batch = new PointBatch(dictionary);
  for (const row of chosen) batch.addRow(rows, row, ledger);
  return batch;
}

function markHours(windows: WindowTable, batch: PointBatch, first: number): void {
  for (let row = first; row < batch.length; row++) {
    windows.window(batch.cell(row, COLUMN.series), windowAt('hour', batch.cell(row, COLUMN.at)));
  }
}
