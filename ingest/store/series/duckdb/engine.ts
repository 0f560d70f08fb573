import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { QUALITY } from '@clearbay/domain/quality.ts';
import { dayStart } from '@clearbay/domain/time.ts';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { LedgerReader } from '../../ledger/ledger-reader.ts';
import type { LedgerRows } from '../../ledger/ledger-rows.ts';
import type { SeriesQuery } from '../../ports/series.ts';
import { allFresh, isCorrection, KnownReadings, type Settled, settleAgain } from '../again.ts';
import type { NamedRows, ReadingRows, Retention, RollupQuery, SeriesEngine, Written } from '../engine.ts';
import { COLUMN, PointBatch } from '../points.ts';
import { isSqliteOutage } from '../poison.ts';
import { restatedHours } from '../restated.ts';
import type { ShapedSeries } from '../shape.ts';
import { WindowTable } from '../windows.ts';
import { hoursOf, recount, removeCorrected } from './corrections.ts';
import { type Key, stageKeys } from './keys.ts';
import { queryLatest, queryReadings, queryRollups, querySeries } from './queries.ts';
import { appendCells, readNumbers } from './rows.ts';
import { prepareSeries } from './schema.ts';
import { SeriesState } from './state.ts';
import { writeWindows } from './windows-sql.ts';

/** Name of the database in a backup folder. */
export const BACKUP_NAME = 'series.duckdb';

const OUTAGE = /^(IO|Out of Memory|Transaction(Context)?|Connection|Permission|Interrupt)\b.*Error|No space left|is not open/i;

export interface DuckdbEngineOptions {
  readonly file: string;
  readonly memoryLimitMb: number;
  readonly threads: number;
  readonly retention: Retention;
  /** An hour or day gets a new revision when it changes later than this after its end, ms. */
  readonly graceMs: number;
}

/** Series in one DuckDB file: points, rollups, latest values and the cursor change in one transaction. */
export class DuckdbEngine implements SeriesEngine {
  readonly #options: DuckdbEngineOptions;
  #instance: DuckDBInstance | undefined;
  #writer: DuckDBConnection | undefined;
  #state = new SeriesState();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: DuckdbEngineOptions) {
    this.#options = options;
  }

  get cursor(): number {
    return this.#state.cursor;
  }

  get setAside(): number {
    return this.#state.setAside;
  }

  async open(ledger: LedgerReader): Promise<void> {
    await this.#alone(async () => {
      if (this.#writer !== undefined) this.#disconnect();
      const { file, memoryLimitMb, threads } = this.#options;
      const instance = await DuckDBInstance.create(file, { memory_limit: `${memoryLimitMb}MB`, threads: String(threads) });
      this.#instance = instance;
      this.#writer = await instance.connect();
      await prepareSeries(this.#writer);
      this.#state = await SeriesState.load(this.#writer);
      await this.#state.meet(this.#writer, ledger);
    });
  }

  async ready(): Promise<void> {}

  async write(rows: LedgerRows, ledger: LedgerReader, now: number): Promise<Written> {
    return this.#transaction(async (connection) => {
      const state = this.#state;
      const { fresh, aside } = await this.#settle(connection, rows, ledger);
      const batch = new PointBatch(state.dictionary);
      const corrected: Key[] = [];
      for (const row of fresh) {
        batch.addRow(rows, row, ledger);
        if (isCorrection(rows, row))
          corrected.push({ id: state.dictionary.source(nameOf(rows.source(row), ledger)), at: rows.at(row) });
      }
      const late = await this.#takeSealed(connection, batch);
      const removed = corrected.length === 0 ? [] : await removeCorrected(connection, corrected);
      for (const row of aside) late.addRow(rows, row, ledger);
      await appendPoints(connection, 'unapplied', late);
      state.setAside += late.length;
      await appendPoints(connection, 'points', batch);

      const hours = batch.hours();
      await this.#rollUp(connection, hours, hoursOf(removed), now - this.#options.graceMs);
      await this.#renewLatest(connection, batch, removed);
      if (rows.length > 0) state.cursor = rows.seq(rows.length - 1);
      await state.save(connection);
      for (const { id, at } of removed) hours.window(id, Math.ceil(at / 3_600_000) * 3_600_000);
      return { restated: restatedHours(hours, state.dictionary, now), windows: hours.size };
    });
  }

  /** What DuckDB says of its file, its memory and its transactions does not speak of the rows. */
  isOutage(error: unknown): boolean {
    const message = error instanceof Error ? error.message : String(error);
    return OUTAGE.test(message) || isSqliteOutage(error);
  }

  async setRowAside(seq: number, reason: string, content: string): Promise<void> {
    await this.#transaction(async (connection) => {
      // Of a ledger that was put back the same row comes again.
      const known = await connection.runAndReadAll('SELECT count(*) FROM unwritable WHERE content = $1', [content]);
      if (Number(known.getRows()[0]?.[0]) === 0) {
        await connection.run('INSERT INTO unwritable VALUES ($1, $2)', [reason, content]);
        this.#state.setAside += 1;
      }
      this.#state.cursor = seq;
      await this.#state.save(connection);
    });
  }

  /** Looks up rows that the ledger may hold again although they are here. */
  async #settle(connection: DuckDBConnection, rows: LedgerRows, ledger: LedgerReader): Promise<Settled> {
    const verifyAt = Math.max(this.#state.verifyAt, ledger.prunedAt());
    const { dictionary } = this.#state;
    const suspects: Key[] = [];
    for (let row = 0; row < rows.length; row += 1) {
      if (rows.at(row) <= verifyAt) suspects.push({ id: dictionary.source(nameOf(rows.source(row), ledger)), at: rows.at(row) });
    }
    if (suspects.length === 0) return allFresh(rows);
    const { low, high } = await stageKeys(connection, suspects);
    const match = (table: string) =>
      `SELECT p.source, p.ts, p.series, p.value, p.rev FROM ${table} p JOIN stage_key k ON p.source = k.a AND p.ts = k.b AND p.ts BETWEEN ${low} AND ${high}`;
    const known = new KnownReadings();
    // What counts stands before what was only set aside.
    for (const table of ['unapplied', 'points']) {
      const cells = await readNumbers(connection, match(table));
      for (let cell = 0; cell < cells.length; cell += 5) known.add(...(cells.subarray(cell, cell + 5) as unknown as Known));
    }
    return settleAgain(rows, verifyAt, known, dictionary, ledger);
  }

  /** Points of days whose raw points were dropped: their figures stand, what comes later is kept beside them. */
  async #takeSealed(connection: DuckDBConnection, batch: PointBatch): Promise<PointBatch> {
    const { rawHorizon } = this.#state;
    const days: Key[] = [];
    for (let row = 0; row < batch.length; row++) {
      const at = batch.cell(row, COLUMN.at);
      if (at <= rawHorizon) days.push({ id: batch.cell(row, COLUMN.series), at: dayStart(at) });
    }
    if (days.length === 0) return new PointBatch(this.#state.dictionary);
    await stageKeys(connection, days);
    const cells = await readNumbers(
      connection,
      'SELECT DISTINCT s.series, s.ts FROM sealed s JOIN stage_key k ON s.series = k.a AND s.ts = k.b',
    );
    const sealed = new Set<string>();
    for (let cell = 0; cell < cells.length; cell += 2) sealed.add(`${cells[cell]} ${cells[cell + 1]}`);
    return batch.partition((row) => sealed.has(`${batch.cell(row, COLUMN.series)} ${dayStart(batch.cell(row, COLUMN.at))}`));
  }

  async #rollUp(connection: DuckDBConnection, hours: WindowTable, recounted: WindowTable, closedBefore: number): Promise<void> {
    const added = new WindowTable();
    for (const { series, at, window } of hours) if (!recounted.has(series, at)) Object.assign(added.window(series, at), window);
    // A recounted day is made of its hours once all of them stand. Days first: writing adds what is stored to the windows.
    const days = added.days();
    for (const { series, at } of recounted) days.delete(series, dayStart(at));
    await writeWindows(connection, 'hour', added, 'add', closedBefore);
    await writeWindows(connection, 'day', days, 'add', closedBefore);
    if (recounted.size > 0) await recount(connection, recounted, closedBefore);
  }

  async #renewLatest(connection: DuckDBConnection, batch: PointBatch, removed: readonly Key[]): Promise<void> {
    const { latest } = this.#state;
    const lost = new Set(removed.filter(({ id, at }) => latest.get(id)?.at === at).map(({ id }) => id));
    for (const id of lost) latest.set(id, undefined);
    if (lost.size > 0) {
      const cells = await readNumbers(
        connection,
        `SELECT series, ts, value, flags, received_at FROM points WHERE series IN (${[...lost].join()}) AND (flags & ${QUALITY.future}) = 0
         QUALIFY row_number() OVER (PARTITION BY series ORDER BY ts DESC, received_at DESC) = 1`,
      );
      for (let cell = 0; cell < cells.length; cell += 5) {
        const [id, at, value, flags, receivedAt] = cells.subarray(cell, cell + 5) as unknown as [
          number,
          number,
          number,
          number,
          number,
        ];
        latest.set(id, { at, value, flags, receivedAt });
      }
    }
    for (const row of batch.bySeries()) {
      latest.offer(
        batch.cell(row, COLUMN.series),
        batch.cell(row, COLUMN.at),
        batch.cell(row, COLUMN.value),
        batch.cell(row, COLUMN.flags),
        batch.cell(row, COLUMN.receivedAt),
      );
    }
  }

  async prune(now: number): Promise<void> {
    const { rawMs, hourMs } = this.#options.retention;
    const raw = Math.max(this.#state.rawHorizon, dayStart(now - rawMs));
    const hour = Math.max(this.#state.hourHorizon, dayStart(now - hourMs));
    await this.#transaction(async (connection) => {
      await connection.run(
        `INSERT INTO sealed (SELECT series, ts FROM day WHERE ts < ${raw} EXCEPT SELECT series, ts FROM sealed)`,
      );
      await connection.run(`DELETE FROM points WHERE ts <= ${raw}`);
      await connection.run(`DELETE FROM hour WHERE ts <= ${hour}`);
      this.#state.rawHorizon = raw;
      this.#state.hourHorizon = hour;
      await this.#state.save(connection);
    });
  }

  series(query: SeriesQuery): Promise<ShapedSeries> {
    return this.#read((connection) => querySeries(connection, this.#state, query));
  }

  async latest(stations: readonly string[] | undefined): Promise<NamedRows> {
    return queryLatest(this.#state, stations);
  }

  readings(station: string, from: number, to: number): Promise<ReadingRows> {
    return this.#read((connection) => queryReadings(connection, this.#state, station, from, to));
  }

  rollups(query: RollupQuery): Promise<NamedRows> {
    return this.#read((connection) => queryRollups(connection, this.#state, query));
  }

  async backup(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    const target = join(folder, BACKUP_NAME);
    await rm(target, { force: true });
    await this.#read(async (connection) => {
      const name = `${(await connection.runAndReadAll('SELECT current_database()')).getRows()[0]?.[0]}`.replaceAll('"', '""');
      await connection.run(`ATTACH '${target.replaceAll("'", "''")}' AS backup_copy`);
      try {
        await connection.run(`COPY FROM DATABASE "${name}" TO backup_copy`);
      } finally {
        await connection.run('DETACH backup_copy');
      }
    });
  }

  async close(): Promise<void> {
    await this.#alone(async () => {
      await this.#writer?.run('CHECKPOINT').catch(() => {});
      this.#disconnect();
    });
  }

  #disconnect(): void {
    this.#writer?.disconnectSync();
    this.#instance?.closeSync();
    this.#writer = undefined;
    this.#instance = undefined;
  }

  /** Queries get a connection of their own: they see the last commit and never wait for the drain. */
  async #read<T>(query: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.#instance === undefined) throw new Error('the series file is not open');
    const connection = await this.#instance.connect();
    try {
      return await query(connection);
    } finally {
      connection.disconnectSync();
    }
  }

  async #transaction<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      const connection = this.#writer;
      if (connection === undefined) throw new Error('the series file is not open');
      await connection.run('BEGIN');
      try {
        const result = await work(connection);
        await connection.run('COMMIT');
        return result;
      } catch (error) {
        await connection.run('ROLLBACK').catch(() => {});
        // What is in memory ran ahead of the file.
        this.#state = await SeriesState.load(connection);
        throw error;
      }
    });
  }

  /** The writer's connection carries one transaction at a time. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

type Known = readonly [source: number, at: number, series: number, value: number, rev: number];

function nameOf(source: number, ledger: LedgerReader) {
  const name = ledger.sources[source];
  if (name === undefined) throw new Error('ledger row names an unknown source');
  return name;
}

/** By series: then the column of series numbers is a few runs, and a query of one series hardly reads it. */
async function appendPoints(connection: DuckDBConnection, table: 'points' | 'unapplied', batch: PointBatch): Promise<void> {
  const { cells, width } = batch.table;
  await appendCells(connection, table, cells, width, batch.bySeries());
}
