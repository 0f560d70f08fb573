import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithInfluxd } from '../harness/influxd.ts';
import { type SlowProxy, slowed } from '../harness/slow-proxy.ts';
import { UnwellInflux } from '../harness/unwell-influx.ts';
import { InfluxTrial } from './influx-trial.ts';

/** Each way, so that every answer takes two seconds. */
const DELAY_MS = 1000;
const POISONED = 'air-2-a';

/** Series and time of a line. */
const identityOf = (line: string) => `${line.slice(0, line.indexOf(' '))} ${line.slice(line.lastIndexOf(' ') + 1)}`;

describeWithInfluxd('F2: InfluxDB that answers badly under load', () => {
  describe('F2: InfluxDB that answers badly under load', () => {
    let trial: InfluxTrial;
    let influx: UnwellInflux;
    let slow: SlowProxy;
    beforeAll(async () => {
      trial = await InfluxTrial.begin(async ({ url }) => {
        influx = new UnwellInflux(url);
        await influx.start();
        slow = await slowed(url, DELAY_MS);
        return influx.url;
      });
    });
    afterAll(async () => {
      await trial.end();
      await influx.close();
      await slow.close();
    });

    test('two seconds for every answer: it is drained all the same, and nobody waits for it', { timeout: 300_000 }, async () => {
      await trial.during({
        name: `latency of ${2 * DELAY_MS} ms`,
        begin: () => {
          influx.upstream = slow.url;
        },
        end: () => {
          influx.upstream = trial.server.url;
        },
        forMs: 15_000,
        state: 'ok',
      });
    });

    test('500 for a while: acknowledging and answering go on, and it is drained afterwards', { timeout: 300_000 }, async () => {
      await trial.during({
        name: '500',
        begin: () => {
          influx.isFailing = true;
        },
        end: () => {
          influx.isFailing = false;
        },
        forMs: 10_000,
        state: 'degraded',
      });
      expect(influx.failures).toBeGreaterThan(3);
    });

    test('400 for one point: it is set aside, and its batch and all others are written', { timeout: 300_000 }, async () => {
      let refused: string | undefined;
      influx.refuses = (line) => {
        if (refused === undefined && line.includes(`device=${POISONED}`)) refused = identityOf(line);
        return identityOf(line) === refused;
      };
      await sleep(5000);
      const { status, stored } = await trial.settle('F2 bad answers', new Map([[POISONED, 1]]));
      expect(stored).toBeGreaterThan(25_000);
      expect(refused).toContain(`device=${POISONED}`);
      expect(status.series).toMatchObject({ state: 'up', lag: 0, setAside: 1 });
      // The batch was tried whole, and its halves down to that one line.
      expect(influx.partialWrites).toBeGreaterThan(1);
    });
  });
});
