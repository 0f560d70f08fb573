import type { Clock } from '@clearbay/contract/clock.ts';
import type { Mark, Reading } from '@clearbay/domain/reading.ts';
import { BODY, markOf, originOf } from '../ledger/body.ts';
import type { StoredGroup } from '../ledger/stored-group.ts';
import { StorageThread } from '../ledger/thread.ts';
import type {
  LatestValue,
  RollupRow,
  SeriesPoint,
  SeriesQuery,
  SeriesResult,
  SeriesStatus,
  SeriesStore,
} from '../ports/series.ts';
import type { DrainOptions } from './drain.ts';
import {
  LATEST_WIDTH,
  type NamedRows,
  READING_WIDTH,
  type ReadingRows,
  type Restated,
  ROLLUP_WIDTH,
  type RollupQuery,
} from './engine.ts';
import type { SeriesApi, SeriesNews } from './serve.ts';
import { POINT_WIDTH } from './shape.ts';

/** Wakes of many commits become one message. */
const WAKE_MS = 20;
const REVIVE_MS = 1000;

/** The main thread's side of a series store: it only turns columns of numbers into the objects of the port. */
export class ThreadedSeries<Options> implements SeriesStore {
  readonly #module: URL;
  readonly #options: Options;
  readonly #drain: DrainOptions;
  readonly #clock: Clock;
  readonly #listeners: ((change: Restated) => void)[] = [];
  #thread: StorageThread<SeriesApi<Options>> | undefined;
  #status: SeriesStatus = { state: 'down', cursor: 0, lag: 0, setAside: 0, error: 'not started' };
  #waking: NodeJS.Timeout | undefined;
  #groups: StoredGroup[] = [];
  #reviving: NodeJS.Timeout | undefined;

  constructor(module: URL, options: Options, drain: DrainOptions, clock: Clock) {
    this.#module = module;
    this.#options = options;
    this.#drain = drain;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    const thread = new StorageThread<SeriesApi<Options>>(this.#module, 'series');
    thread.onNews((news) => this.#hear(news as SeriesNews));
    try {
      await thread.call('open', [this.#options, this.#drain, this.#clock.now()]);
    } catch (error) {
      await thread.end();
      throw error;
    }
    thread.onDeath((error) => this.#mourn(error));
    this.#thread = thread;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#waking);
    clearTimeout(this.#reviving);
    this.#waking = undefined;
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.call('close', []).catch(() => {});
    await thread?.end();
  }

  wake(): void {
    this.#waking ??= setTimeout(() => {
      this.#waking = undefined;
      const groups = this.#groups;
      this.#groups = [];
      const buffers = groups.map(({ bytes }) => bytes);
      this.#thread?.call('wake', [this.#clock.now(), groups], buffers).catch(() => {});
    }, WAKE_MS).unref();
  }

  /** Takes what the ledger has just stored, in its order; the drain then need not read it from the file. */
  take(group: StoredGroup): void {
    this.#groups.push(group);
    this.wake();
  }

  async drained(): Promise<void> {
    await this.#running().call('drained', [this.#clock.now()]);
  }

  async series(query: SeriesQuery): Promise<SeriesResult> {
    const { resolution, bucketMs, points: cells } = await this.#running().call('series', [query]);
    const points: SeriesPoint[] = [];
    for (let cell = 0; cell < cells.length; cell += POINT_WIDTH) {
      const [at, mean, min, max, count, validCount, flags] = cells.subarray(cell, cell + POINT_WIDTH) as unknown as Cells7;
      points.push({ at, mean, min, max, count, validCount, flags });
    }
    return { resolution, bucketMs, points };
  }

  async latest(stations?: readonly string[]): Promise<readonly LatestValue[]> {
    const { names, rows } = await this.#running().call('latest', [stations]);
    const values: LatestValue[] = [];
    for (let cell = 0; cell < rows.length; cell += LATEST_WIDTH) {
      const { station, metric } = nameOf(names, rows[cell]);
      const [, at, value, flags] = rows.subarray(cell, cell + LATEST_WIDTH) as unknown as Cells7;
      values.push({ station, metric, at, value, flags });
    }
    return values;
  }

  async readings(station: string, from: number, to: number): Promise<readonly Reading[]> {
    return readingsOf(await this.#running().call('readings', [station, from, to]));
  }

  async rollups(query: RollupQuery): Promise<readonly RollupRow[]> {
    return rollupsOf(await this.#running().call('rollups', [query]));
  }

  onRestated(listener: (change: Restated) => void): void {
    this.#listeners.push(listener);
  }

  status(): SeriesStatus {
    return this.#status;
  }

  /** Drops what is past its retention now; runs by itself every few hours. */
  async prune(): Promise<void> {
    await this.#running().call('prune', [this.#clock.now()]);
  }

  /** Copies the database into an existing folder while it runs. Back up the series before the ledger: then nothing is missing between them. */
  async backup(folder: string): Promise<void> {
    await this.#running().call('backup', [folder]);
  }

  #running(): StorageThread<SeriesApi<Options>> {
    if (this.#thread === undefined) throw new Error('the series store is not running');
    return this.#thread;
  }

  #hear(news: SeriesNews): void {
    if ('status' in news) this.#status = news.status;
    else for (const change of news.restated) for (const listener of this.#listeners) listener(change);
  }

  /** The thread died although nobody stopped it: say so and begin again where the cursor stands. */
  #mourn(error: Error): void {
    if (this.#thread === undefined) return;
    this.#thread = undefined;
    this.#status = { ...this.#status, state: 'down', error: error.message };
    this.#reviving = setTimeout(() => {
      this.start().catch((cause: Error) => {
        this.#status = { ...this.#status, error: cause.message };
      });
    }, REVIVE_MS).unref();
  }
}

type Cells7 = readonly [number, number, number, number, number, number, number];

function nameOf(names: NamedRows['names'], index: number | undefined): NamedRows['names'][number] {
  const name = names[index ?? -1];
  if (name === undefined) throw new Error('row of an unknown series');
  return name;
}

function rollupsOf({ names, rows }: NamedRows): RollupRow[] {
  const orNull = (value: number) => (Number.isNaN(value) ? null : value);
  const found: RollupRow[] = [];
  for (let cell = 0; cell < rows.length; cell += ROLLUP_WIDTH) {
    const { station, metric } = nameOf(names, rows[cell]);
    const value = (column: number) => rows[cell + column] as number;
    found.push({
      station,
      metric,
      at: value(1),
      count: value(2),
      validCount: value(3),
      validMs: value(4),
      sumMicro: value(5),
      min: orNull(value(6)),
      max: orNull(value(7)),
      last: orNull(value(8)),
      flags: value(9),
      revision: value(10),
      simulated: value(11) === 1,
    });
  }
  return found;
}

/** Joins the values of each message again. `seq` and `boot` are marks of the transport and stay in the ledger. */
function readingsOf({ sources, metrics, rows }: ReadingRows): Reading[] {
  const found: Reading[] = [];
  for (let cell = 0; cell < rows.length; ) {
    const source = sources[rows[cell] as number];
    const at = rows[cell + 2] as number;
    const [receivedAt, periodMs, bits, rev] = rows.subarray(cell + 6, cell + 10) as unknown as Cells7;
    if (source === undefined) throw new Error('row of an unknown source');
    const values: Record<string, number> = {};
    const marks: Record<string, Mark> = {};
    const quality: Record<string, number> = {};
    const first = cell;
    while (cell < rows.length && rows[cell] === rows[first] && rows[cell + 2] === at) {
      const metric = metrics[rows[cell + 1] as number] ?? '';
      values[metric] = rows[cell + 3] as number;
      const flags = rows[cell + 4] as number;
      if (flags !== 0) quality[metric] = flags;
      const mark = markOf(rows[cell + 5] as number);
      if (mark !== undefined) marks[metric] = mark;
      cell += READING_WIDTH;
    }
    found.push({
      station: source.station,
      device: source.device,
      ...(source.bay === '' ? {} : { bay: source.bay }),
      at,
      receivedAt,
      origin: originOf(bits),
      periodMs,
      values,
      ...(Object.keys(marks).length > 0 && { marks }),
      ...(Object.keys(quality).length > 0 && { quality }),
      historical: (bits & BODY.historical) !== 0,
      correction: (bits & BODY.correction) !== 0,
      rev,
    });
  }
  return found;
}
