import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig } from '@clearbay/config/load.ts';
import { DAY_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { type Copies, copyInstallation } from '../../cli/backups/copy-installation.ts';
import { Lifecycle } from '../../cli/lifecycle.ts';
import { openPremises } from '../../cli/premises.ts';
import { restore } from '../../cli/restore.ts';
import { EVERY_STATION } from '../../cli/role.ts';
import { openStores } from '../../cli/stores.ts';
import { reading, T0 } from '../contract/ledger-reading.ts';

const undo: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test('what is drained and would leave the ledger while a backup is made is in the backup', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  undo.push(() => void vi.useRealTimers());
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-pruning-'));
  undo.push(() => rm(folder, { recursive: true }));
  let now = T0;
  const open = (data: string) => {
    const demonstration = loadConfig(undefined, { data }, {});
    const ledger = { ...demonstration.settings.ledger, retentionDays: 1 };
    const config: Config = { ...demonstration, settings: { ...demonstration.settings, ledger } };
    const lifecycle = new Lifecycle();
    undo.push(() => lifecycle.stop());
    const premises = openPremises(config, EVERY_STATION, { now: () => now }, lifecycle);
    return { config, premises, stores: openStores(premises) };
  };
  const minutes = (first: number) => Array.from({ length: 10 }, (_, index) => reading({ at: T0 + (first + index) * MINUTE_MS }));

  const live = open(join(folder, 'live'));
  const { ledger, series, copies } = await live.stores;
  await ledger.append(minutes(0));
  await series.drained();
  const betweenParts: Copies = {
    ...copies,
    async series(target) {
      await copies.series?.(target);
      await ledger.append(minutes(10));
      vi.advanceTimersByTime(MINUTE_MS);
      now += 2 * DAY_MS;
      await ledger.append(minutes(20));
      await series.drained();
      vi.advanceTimersByTime(2 * MINUTE_MS);
      await new Promise((resolve) => setTimeout(resolve, 200));
    },
  };
  await copyInstallation(live.premises.data, betweenParts, join(folder, 'copy'), { now: () => now });
  vi.advanceTimersByTime(2 * MINUTE_MS);
  await vi.waitFor(() => expect(ledger.status().oldestSeq).toBeGreaterThan(20), { timeout: 5000 });

  const restored = join(folder, 'restored');
  await restore(loadConfig(undefined, { data: restored }, {}), join(folder, 'copy'), false);
  const again = await open(restored).stores;
  await again.series.drained();
  expect(await again.series.readings('air-1', T0, T0 + DAY_MS)).toHaveLength(30);
});
