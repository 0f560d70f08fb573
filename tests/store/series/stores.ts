import { join } from 'node:path';
import { DAY_MS } from '@clearbay/domain/time.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { DuckdbSeries } from '@clearbay/store/series/duckdb/duckdb-series.ts';
import { InfluxSeries } from '@clearbay/store/series/influx/influx-series.ts';
import { T0 } from '../../contract/ledger-reading.ts';

/** A ledger and the series store it feeds, in one folder; InfluxDB where a url is given, else DuckDB. */
export function openStores(folder: string, url: string | undefined) {
  const clock = { now: () => T0 + 2 * DAY_MS };
  const ledgerFile = join(folder, 'ledger.db');
  const ledger = new SqliteLedger({ file: ledgerFile, retentionMs: 7 * DAY_MS, maxBytes: 1e9, clock });
  const shared = { ledgerFile, clock, restMs: 5, batchRows: 300 };
  const series =
    url === undefined
      ? new DuckdbSeries({ ...shared, file: join(folder, 'series.duckdb') })
      : new InfluxSeries({ ...shared, url, database: 'clearbay', stateFile: join(folder, 'drain.db') });
  return { ledger, series };
}
