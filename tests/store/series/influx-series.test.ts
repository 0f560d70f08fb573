import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InfluxSeries } from '@clearbay/store/series/influx/influx-series.ts';
import { afterAll, beforeAll } from 'vitest';
import { seriesStoreContract } from '../../contract/series-store.ts';
import { describeWithInfluxd, Influxd } from '../../harness/influxd.ts';

describeWithInfluxd('InfluxDB as a series store', () => {
  let folder: string;
  let server: Influxd;
  let databases = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'influxd-'));
    server = new Influxd(folder);
    await server.start();
  });
  afterAll(async () => {
    await server.kill();
    await rm(folder, { recursive: true });
  });

  for (const feed of ['from the file', 'handed over'] as const) {
    seriesStoreContract('InfluxDB', feed, async (place) => {
      databases += 1;
      const database = `clearbay_${databases}`;
      return {
        open: (options) =>
          new InfluxSeries({ url: server.url, database, stateFile: join(place, 'influx-drain.db'), restMs: 10, ...options }),
        dispose: async () => {},
      };
    });
  }
});
