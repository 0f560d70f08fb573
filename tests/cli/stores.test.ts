import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@clearbay/config/load.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { Lifecycle } from '../../cli/lifecycle.ts';
import { openPremises } from '../../cli/premises.ts';
import { EVERY_STATION } from '../../cli/role.ts';
import { openStores } from '../../cli/stores.ts';
import { reading } from '../contract/ledger-reading.ts';

const undo: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test('rows that the series store has leave the ledger once they are past their retention', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  undo.push(() => void vi.useRealTimers());
  const folder = await mkdtemp(join(tmpdir(), 'stores-'));
  undo.push(() => rm(folder, { recursive: true }));
  let now = Date.now();
  const lifecycle = new Lifecycle();
  undo.push(() => lifecycle.stop());
  const demonstration = loadConfig(undefined, { data: folder }, {});
  const ledgerOfADay = { ...demonstration.settings.ledger, retentionDays: 1 };
  const config = { ...demonstration, settings: { ...demonstration.settings, ledger: ledgerOfADay } };
  const { ledger, series } = await openStores(openPremises(config, EVERY_STATION, { now: () => now }, lifecycle));
  const minutes = (first: number) => Array.from({ length: 10 }, (_, index) => reading({ at: now + (first + index) * 60_000 }));
  await ledger.append(minutes(0));
  vi.advanceTimersByTime(60_000);
  now += 2 * DAY_MS;
  await ledger.append(minutes(0));
  await series.drained();
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(() => expect(ledger.status().oldestSeq).toBe(11), { timeout: 5000 });
});
