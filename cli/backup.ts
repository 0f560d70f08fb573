import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { Config } from '@clearbay/config/load.ts';
import { secretHash } from '@clearbay/console-server/accounts/secrets.ts';
import { createToken } from '@clearbay/console-server/accounts/tokens.ts';
import type { BackupView, Problem } from '@clearbay/contract/api.ts';
import { systemClock } from '@clearbay/contract/clock.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { copyInstallation } from './backups/copy-installation.ts';
import { checkedManifest } from './backups/manifest.ts';
import { findRunning, type RunningSystem } from './backups/running-system.ts';
import { type DataFolder, dataFiles } from './data-folder.ts';
import { asUserFailure, UserFailure } from './failure.ts';
import { Lifecycle } from './lifecycle.ts';
import { openPremises } from './premises.ts';
import { EVERY_STATION } from './role.ts';
import { openStores } from './stores.ts';

const TOKEN_MS = 24 * 3_600_000;
const POLL_MS = 250;

/** A token for the time of the backup, made and taken back in the state store as `clearbay token` does. */
async function withToken<Result>(data: DataFolder, work: (token: string) => Promise<Result>): Promise<Result> {
  const state = new SqliteState(data.state);
  await state.start();
  try {
    const token = await createToken(state, 'admin', TOKEN_MS);
    try {
      return await work(token);
    } finally {
      await state.accounts.removeToken(secretHash('token', token) ?? '');
    }
  } finally {
    await state.stop();
  }
}

async function ask(url: string, token: string, method: 'GET' | 'POST'): Promise<BackupView> {
  const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
  const answer = (await response.json()) as BackupView | Problem;
  if ('code' in answer) throw new UserFailure(`The running system refused: ${answer.detail ?? answer.code}.`);
  return answer;
}

/**
 * Asks the running system to copy itself: DuckDB lets no second process at its file, not even to read, so the copy must be made
 * inside. The copy is made below the data folder and moved from there.
 */
async function backUpRunning({ url }: RunningSystem, data: DataFolder, folder: string): Promise<void> {
  await withToken(data, async (token) => {
    let backup = await ask(`${url}/api/v1/backups`, token, 'POST');
    while (backup.state === 'running') {
      await rest(POLL_MS);
      backup = await ask(`${url}/api/v1/backups/${backup.id}`, token, 'GET');
    }
    if (backup.state === 'failed') throw new UserFailure(`The backup failed: ${backup.error ?? 'no reason was given'}.`);
    await move(backup.folder, folder);
  });
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true, errorOnExist: true, force: false });
    await rm(from, { recursive: true });
  }
}

/** Opens the files itself where nobody uses them. */
async function backUpStopped(config: Config, folder: string): Promise<void> {
  const lifecycle = new Lifecycle();
  try {
    const premises = openPremises(config, EVERY_STATION, systemClock, lifecycle);
    const { copies } = await openStores(premises);
    await copyInstallation(premises.data, copies, folder, systemClock);
  } finally {
    await lifecycle.stop();
  }
}

/** `clearbay backup FOLDER`: copies ledger, series and state, whether the system runs or not. */
export async function backUp(config: Config, target: string): Promise<void> {
  const folder = resolve(target);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new UserFailure(`The folder ${folder} is not empty.`);
  const data = dataFiles(resolve(config.settings.data));
  if (!existsSync(data.ledger)) throw new UserFailure(`There is nothing to back up: ${data.root} has no ledger.`);
  const running = findRunning(data.root);
  try {
    if (running === undefined) await backUpStopped(config, folder);
    else await backUpRunning(running, data, folder);
  } catch (error) {
    throw asUserFailure(error, `The folder ${folder}`);
  }
  const { files } = await checkedManifest(folder);
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  process.stdout.write(`${folder}: ${files.length} files, ${megabytes.toFixed(1)} MB, checked.\n`);
  if (!files.some(({ name }) => join(data.root, name) === data.series)) {
    process.stdout.write('The series are kept in InfluxDB: back it up with influxd backup -portable.\n');
  }
}
