import { join } from 'node:path';
import { DuckdbSeries } from '@clearbay/store/series/duckdb/duckdb-series.ts';
import { seriesStoreContract } from '../../contract/series-store.ts';

for (const feed of ['from the file', 'handed over'] as const) {
  seriesStoreContract('DuckDB', feed, async (folder) => ({
    open: (options) => new DuckdbSeries({ file: join(folder, 'series.duckdb'), restMs: 10, ...options }),
    dispose: async () => {},
  }));
}
