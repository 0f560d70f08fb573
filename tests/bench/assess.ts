/** A million hourly rows through `clearbay assess air`. `node tests/bench/assess.ts` prints the table. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import type { Figure } from './figure.ts';

const ROWS = 1_000_000;
const STATIONS = 100;
/** A million rows in under ten seconds. */
const ALLOWED_S = 10;
const PROGRAM = fileURLToPath(new URL('../../clearbay.ts', import.meta.url));
const NAMES = ['station', 'time', 'pm25', 'pm10', 'so2', 'no2', 'o3', 'co'] as const;

function* csvRows(): Generator<string> {
  const random = new Seeded(7, 'assess');
  const start = startOfDate('2025-01-01');
  for (let index = 0; index < ROWS; index += 1) {
    const at = new Date(start + Math.floor(index / STATIONS) * HOUR_MS + 8 * HOUR_MS).toISOString().slice(0, 19);
    const whole = [120, 180, 60, 120, 220].map((most) => Math.round(random.between(0, most)));
    yield `s${index % STATIONS},${at}+08:00,${whole.join(',')},${random.between(0, 3).toFixed(1)}`;
  }
}

function* csvFile(): Generator<string> {
  yield NAMES.join(',');
  yield* csvRows();
}

/** The same rows as JSON objects. */
function* jsonFile(): Generator<string> {
  for (const row of csvRows()) {
    const [station, time, ...values] = row.split(',');
    const cells = values.map((value, index) => `"${NAMES[index + 2]}":${value}`);
    yield `{"station":"${station}","time":"${time}",${cells.join(',')}}`;
  }
}

async function write(path: string, lines: Iterable<string>): Promise<void> {
  const file = createWriteStream(path);
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < 1 << 20) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'finish');
}

async function secondsFor(path: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'assess', 'air', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 || bytes === 0) throw new Error(`assess ended with code ${code} after ${bytes} bytes`);
  return (performance.now() - begun) / 1000;
}

/** Seconds from the start of the program to its end, start of Node and output included; ratio above 1 is faster than allowed. */
export async function assess(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-bench-assess-'));
  try {
    const results: Figure[] = [];
    const forms: readonly (readonly [string, Iterable<string>])[] = [
      ['CSV', csvFile()],
      ['JSON lines', jsonFile()],
    ];
    for (const [form, lines] of forms) {
      const path = join(folder, 'hours');
      await write(path, lines);
      const value = await secondsFor(path);
      results.push({
        name: `assess: a million hourly rows of air, ${form}`,
        value,
        unit: 's',
        reference: ALLOWED_S,
        ratio: ALLOWED_S / value,
      });
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await assess());
