import { DAY_MS } from '@clearbay/domain/time.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import type { Ledger } from '@clearbay/store/ports/ledger.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import { DuckdbSeries } from '@clearbay/store/series/duckdb/duckdb-series.ts';
import { InfluxSeries } from '@clearbay/store/series/influx/influx-series.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import type { Copies } from './backups/copy-installation.ts';
import type { Premises } from './premises.ts';

const GIGABYTE = 1024 ** 3;
const RELEASE_EVERY_MS = 10_000;

export interface Stores {
  readonly state: StateStore;
  readonly ledger: Ledger;
  readonly series: SeriesStore;
  readonly copies: Copies;
}

function seriesOf({ settings, data, clock }: Premises): DuckdbSeries | InfluxSeries {
  const { rawDays, hourYears, memoryMegabytes, influxUrl, influxDatabase, influxUsername, influxPassword } = settings.series;
  const retention = { rawMs: rawDays * DAY_MS, hourMs: hourYears * 366 * DAY_MS };
  if (influxUrl === null) {
    return new DuckdbSeries({
      file: data.series,
      ledgerFile: data.ledger,
      retention,
      memoryLimitMb: memoryMegabytes,
      clock,
    });
  }
  return new InfluxSeries({
    url: influxUrl,
    database: influxDatabase,
    ...(influxUsername === undefined ? {} : { username: influxUsername }),
    ...(influxPassword === undefined ? {} : { password: influxPassword }),
    ledgerFile: data.ledger,
    stateFile: data.influxDrain,
    retention,
    clock,
  });
}

/** Opens the state, the ledger and the long memory that is fed from it. */
export async function openStores(premises: Premises): Promise<Stores> {
  const { settings, data, clock, lifecycle } = premises;
  const state = new SqliteState(data.state);
  await lifecycle.run(state);
  const ledger = new SqliteLedger({
    file: data.ledger,
    retentionMs: settings.ledger.retentionDays * DAY_MS,
    maxBytes: settings.ledger.maxGigabytes * GIGABYTE,
    clock,
  });
  await lifecycle.run(ledger);
  const series = seriesOf(premises);
  await lifecycle.run(series);
  ledger.follow((group) => series.take(group));
  // Without this word nothing ever leaves the ledger.
  let copying = 0;
  lifecycle.every(RELEASE_EVERY_MS, () => {
    if (copying === 0) ledger.release(series.status().cursor);
  });
  const copies: Copies = {
    async whileNothingLeaves(work) {
      copying += 1;
      try {
        return await work();
      } finally {
        copying -= 1;
      }
    },
    ledger: (file) => ledger.backup(file),
    ...(series instanceof DuckdbSeries ? { series: (folder) => series.backup(folder) } : {}),
  };
  return { state, ledger, series, copies };
}
