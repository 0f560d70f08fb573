import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { T0 } from '../../contract/ledger-reading.ts';

const APPENDER = fileURLToPath(new URL('./appender.ts', import.meta.url));
const ROUNDS = Number(process.env.CLEARBAY_KILL_ROUNDS ?? 5);

let folder: string;
const undo: (() => void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-crash-'));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) step();
  await rm(folder, { recursive: true, force: true });
});

function appender(file: string, first: number, log: string, limitBlocks?: number): ChildProcess {
  const output = openSync(log, 'a');
  const limit = limitBlocks === undefined ? '' : `ulimit -S -f ${limitBlocks}; `;
  const child = spawn('sh', ['-c', `${limit}exec "$0" "$@"`, process.execPath, APPENDER, file, String(first)], {
    stdio: ['ignore', output, 'inherit'],
  });
  closeSync(output);
  undo.push(() => child.kill('SIGKILL'));
  return child;
}

const lines = (log: string, word: string) =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${word} `));

/** Numbers of all readings whose append was resolved. A last line cut by the kill is dropped. */
function acknowledged(log: string): number[] {
  const numbers: number[] = [];
  const text = readFileSync(log, 'utf8');
  for (const [, from, to] of text.matchAll(/^ok (\d+) (\d+)\n/gm)) {
    for (let number = Number(from); number <= Number(to); number++) numbers.push(number);
  }
  return numbers;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let left = 1500; left > 0; left--) {
    if (condition()) return;
    await sleep(10);
  }
  throw new Error(`waited in vain until ${what}`);
}

async function storedNumbers(file: string): Promise<number[]> {
  const ledger = new SqliteLedger({ file, retentionMs: 86_400_000, maxBytes: 1e9 });
  await ledger.start();
  const entries = await ledger.readAfter(0, 10_000_000);
  await ledger.stop();
  return entries.map(({ reading: { at } }) => at - T0);
}

test(`${ROUNDS} rounds of kill -9 under load lose no acknowledged reading and store none twice`, {
  timeout: 120_000,
}, async () => {
  const file = join(folder, 'ledger.db');
  const log = join(folder, 'log');
  for (let round = 0; round < ROUNDS; round++) {
    const child = appender(file, round * 1_000_000, log);
    const ended = once(child, 'exit');
    const before = lines(log, 'ok').length;
    await until(() => lines(log, 'ok').length > before + 20, 'appends were acknowledged');
    await sleep(Math.random() * 300);
    child.kill('SIGKILL');
    await ended;
  }
  const stored = await storedNumbers(file);
  const known = new Set(stored);
  const acked = acknowledged(log);
  const lost = acked.filter((number) => !known.has(number));
  console.log(`kill -9: ${ROUNDS} rounds, ${acked.length} acknowledged, ${stored.length} stored, ${lost.length} lost`);
  expect(acked.length).toBeGreaterThan(ROUNDS * 20);
  expect(lost).toEqual([]);
  expect(known.size).toBe(stored.length);
});

test('a full disk rejects appends, stores nothing of them and is left behind once there is space', {
  timeout: 60_000,
}, async () => {
  const log = join(folder, 'log');
  const disk = join(folder, 'disk');
  const mounted = spawnSync('sh', ['-c', `mkdir "${disk}" && mount -t tmpfs -o size=8m tmpfs "${disk}"`]).status === 0;
  const filler = join(disk, 'filler');
  if (mounted) {
    undo.push(() => spawnSync('sh', ['-c', `umount "${disk}"`]));
    const space = openSync(filler, 'w');
    for (let megabyte = 0; megabyte < 4; megabyte++) writeSync(space, Buffer.alloc(1_000_000, 1));
    closeSync(space);
  }
  const file = join(disk, 'ledger.db');
  // Where mounting is not allowed, a limit of the file size makes the same writes fail.
  const child = appender(file, 0, log, mounted ? undefined : 4000);
  await until(() => lines(log, 'no').length > 5, 'appends were rejected');
  const duringFull = lines(log, 'ok').length;
  await sleep(100);
  if (mounted) rmSync(filler);
  else spawnSync('sh', ['-c', `prlimit --pid ${child.pid} --fsize=unlimited`]);
  await until(() => lines(log, 'ok').length > duringFull + 20, 'appends were acknowledged again');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const acked = acknowledged(log);
  const stored = await storedNumbers(file);
  const known = new Set(stored);
  expect(acked.filter((number) => !known.has(number))).toEqual([]);
  expect(known.size).toBe(stored.length);
});
