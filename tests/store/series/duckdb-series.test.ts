import { join } from 'node:path';
import { DuckdbSeries } from '@clearbay/store/series/duckdb/duckdb-series.ts';
import { seriesStoreContract } from '../../contract/series-store.ts';

seriesStoreContract('DuckDB', async (folder) => ({
  open: (options) => new DuckdbSeries({ file: join(folder, 'series.duckdb'), restMs: 10, ...options }),
  dispose: async () => {},
}));
