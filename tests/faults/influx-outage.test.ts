import { afterAll, beforeAll, describe, test } from 'vitest';
import { describeWithInfluxd } from '../harness/influxd.ts';
import { InfluxTrial } from './influx-trial.ts';

const OUTAGE_MS = Number(process.env.FAULT_OUTAGE_SECONDS ?? 60) * 1000;

describeWithInfluxd('F2: InfluxDB in trouble under load', () => {
  describe('F2: InfluxDB in trouble under load', () => {
    let trial: InfluxTrial;
    beforeAll(async () => {
      trial = await InfluxTrial.begin(async ({ url }) => url);
    });
    afterAll(() => trial.end());

    test('stopped and started again: acknowledging and answering go on', { timeout: 300_000 }, async () => {
      const { server } = trial;
      await trial.during({
        name: 'stopped',
        begin: () => server.kill(),
        end: () => server.start(),
        forMs: 8000,
        state: 'degraded',
      });
    });

    test('frozen: acknowledging and answering go on', { timeout: 300_000 }, async () => {
      const { server } = trial;
      await trial.during({
        name: 'SIGSTOP',
        begin: () => server.freeze(),
        end: () => server.thaw(),
        forMs: OUTAGE_MS,
        state: 'degraded',
      });
    });

    test('killed and its data directory emptied: it is filled again from the ledger', { timeout: 300_000 }, async () => {
      const { server } = trial;
      const lose = async () => {
        await server.kill();
        await server.empty();
      };
      await trial.during({
        name: 'killed and emptied',
        begin: lose,
        end: () => server.start(),
        forMs: 5000,
        state: 'degraded',
      });
    });

    test('in the end every acknowledged reading is in the ledger and told by the API exactly once', {
      timeout: 300_000,
    }, async () => {
      await trial.settle('F2 InfluxDB');
    });
  });
});
