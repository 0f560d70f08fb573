import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS } from '@clearbay/domain/time.ts';
import { afterEach, expect, test } from 'vitest';
import { install, MortalSystem, removeFolder } from '../faults/mortal-system.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** What becomes of readings of these ages, days; under the settings of one installation. */
async function outcomes(
  settings: Readonly<Record<string, unknown>>,
  rows: readonly (readonly [days: number, historical: boolean])[],
) {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-ages-'));
  undo.push(() => removeFolder(folder));
  const installation = await install(folder, { air: 1 }, settings);
  const system = new MortalSystem(installation);
  undo.push(() => system.kill());
  await system.start();
  const now = Date.now();
  const body = rows.map(([days, historical]) => ({
    station: 'air-1',
    at: now - days * DAY_MS,
    values: { pm25: 20 },
    historical,
  }));
  const response = await fetch(`${system.url}/api/v1/readings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${installation.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const told = (await response.json()) as { rows: readonly { outcome: string; reason?: string }[] };
  return told.rows.map(({ outcome, reason }) => reason ?? outcome);
}

const ROWS = [
  [2, false],
  [6, false],
  [8, false],
  [13, true],
  [15, true],
  [3600, true],
  [3700, true],
] as const;

test('live readings are taken for a week, history for ten years', { timeout: 40_000 }, async () => {
  expect(await outcomes({}, ROWS)).toEqual(['stored', 'stored', 'too-old', 'stored', 'stored', 'stored', 'too-old']);
});

test('both ages are settings of the installation', { timeout: 40_000 }, async () => {
  const told = await outcomes({ ingest: { liveDays: 3, historyDays: 14 } }, ROWS);
  expect(told).toEqual(['stored', 'too-old', 'too-old', 'stored', 'too-old', 'too-old', 'too-old']);
});
