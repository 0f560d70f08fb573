import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const WEB = join(import.meta.dirname, '../../console/web');
const VITE = join(import.meta.dirname, '../../node_modules/vite/bin/vite.js');

/** Builds the console into a folder of its own and gives its path; in a process of its own, because under the test runner Vue would build its development version. */
export async function buildWeb(): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'clearbay-web-'));
  await promisify(execFile)(process.execPath, [VITE, 'build', '--outDir', out, '--manifest', '--logLevel', 'error'], {
    cwd: WEB,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return out;
}
