import type { DuckDBConnection } from '@duckdb/node-api';
import type { LedgerReader } from '../../ledger/ledger-reader.ts';
import { SeriesDictionary } from '../dictionary.ts';
import { LatestTable } from '../latest.ts';
import { appendRows, readNumbers } from './rows.ts';
import { STAGE_LATEST } from './schema.ts';

/** What the engine keeps in memory of the file, and how it gets back there. Written inside the drain's transaction. */
export class SeriesState {
  readonly dictionary = new SeriesDictionary();
  readonly latest = new LatestTable();
  cursor = 0;
  /** Event time up to which the ledger may repeat what is already here: such rows are looked up first. */
  verifyAt = Number.NEGATIVE_INFINITY;
  rawHorizon = Number.NEGATIVE_INFINITY;
  hourHorizon = Number.NEGATIVE_INFINITY;
  /** Points kept beside the figures, and whole readings that could not be written. */
  setAside = 0;
  #savedSources = 0;
  #savedSeries = 0;

  static async load(connection: DuckDBConnection): Promise<SeriesState> {
    const state = new SeriesState();
    const [cursor, verifyAt, rawHorizon, hourHorizon] = await readNumbers(
      connection,
      'SELECT cursor, verify_at, raw_horizon, hour_horizon FROM state',
    );
    state.cursor = cursor ?? 0;
    state.verifyAt = verifyAt ?? state.verifyAt;
    state.rawHorizon = rawHorizon ?? state.rawHorizon;
    state.hourHorizon = hourHorizon ?? state.hourHorizon;
    const sources = (await connection.runAndReadAll('SELECT station, device, bay FROM source ORDER BY id')).getRows();
    for (const [station, device, bay] of sources)
      state.dictionary.source({ station: `${station}`, device: `${device}`, bay: `${bay}` });
    const series = (await connection.runAndReadAll('SELECT station, metric FROM series ORDER BY id')).getRows();
    for (const [station, metric] of series) state.dictionary.seriesOf(`${station}`, `${metric}`);
    state.#savedSources = state.dictionary.sources.length;
    state.#savedSeries = state.dictionary.series.length;
    const latest = await readNumbers(connection, 'SELECT series, ts, value, flags, received_at FROM latest');
    for (let cell = 0; cell < latest.length; cell += 5) {
      const [id, at, value, flags, receivedAt] = latest.subarray(cell, cell + 5) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      state.latest.set(id, { at, value, flags, receivedAt });
    }
    state.latest.takeTouched();
    state.setAside =
      (await readNumbers(connection, 'SELECT (SELECT count(*) FROM unapplied) + (SELECT count(*) FROM unwritable)'))[0] ?? 0;
    return state;
  }

  /** Another ledger, or an older copy of ours: start where that one stands and look up what we may already have. */
  async meet(connection: DuckDBConnection, ledger: LedgerReader): Promise<void> {
    const known = `${(await connection.runAndReadAll('SELECT ledger FROM state')).getRows()[0]?.[0]}`;
    const id = ledger.id();
    const lastSeq = ledger.lastSeq();
    if (known === id && this.cursor <= lastSeq) return;
    if (known !== '') {
      const [newest] = await readNumbers(connection, 'SELECT max(ts) FROM points');
      if (newest !== undefined && !Number.isNaN(newest)) this.verifyAt = newest;
    }
    this.cursor = known === id ? lastSeq : 0;
    await connection.run('UPDATE state SET ledger = $1', [id]);
    await this.save(connection);
  }

  async save(connection: DuckDBConnection): Promise<void> {
    await this.#saveNames(connection);
    await this.#saveLatest(connection);
    await connection.run(
      'UPDATE state SET cursor = $1::DOUBLE, verify_at = $2::DOUBLE, raw_horizon = $3::DOUBLE, hour_horizon = $4::DOUBLE',
      [this.cursor, this.verifyAt, this.rawHorizon, this.hourHorizon],
    );
  }

  async #saveNames(connection: DuckDBConnection): Promise<void> {
    const sources = this.dictionary.sources.slice(this.#savedSources);
    await appendRows(connection, 'source', sources.length, (row, column) => {
      const name = sources[row];
      return [this.#savedSources + row, name?.station ?? '', name?.device ?? '', name?.bay ?? ''][column] ?? null;
    });
    this.#savedSources += sources.length;
    const series = this.dictionary.series.slice(this.#savedSeries);
    await appendRows(connection, 'series', series.length, (row, column) => {
      const name = series[row];
      return [this.#savedSeries + row, name?.station ?? '', name?.metric ?? ''][column] ?? null;
    });
    this.#savedSeries += series.length;
  }

  async #saveLatest(connection: DuckDBConnection): Promise<void> {
    const touched = this.latest.takeTouched();
    if (touched.length === 0) return;
    await connection.run(STAGE_LATEST);
    await appendRows(connection, 'stage_latest', touched.length, (row, column) => {
      const series = touched[row] as number;
      const latest = this.latest.get(series);
      return (
        [series, latest?.at ?? null, latest?.value ?? null, latest?.flags ?? null, latest?.receivedAt ?? null][column] ?? null
      );
    });
    await connection.run('DELETE FROM latest USING stage_latest s WHERE latest.series = s.series');
    await connection.run('INSERT INTO latest SELECT * FROM stage_latest WHERE ts IS NOT NULL');
  }
}
