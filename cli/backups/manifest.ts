import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserFailure } from '../failure.ts';

/** Written last: a folder without it is no backup. */
export const MANIFEST = 'backup.json';
export const MANIFEST_VERSION = 1;

export interface BackedUpFile {
  /** Relative to the backup's folder. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly version: number;
  /** When the copying began, epoch ms: everything acknowledged before is in it. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly files: readonly BackedUpFile[];
}

/** Names inside the folder, or one folder deeper; nothing that leads out of it. */
const NAME = /^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)?$/;

function isFile(value: unknown): value is BackedUpFile {
  const { name, bytes, sha256 } = (value ?? {}) as Partial<BackedUpFile>;
  return typeof name === 'string' && NAME.test(name) && Number.isSafeInteger(bytes) && typeof sha256 === 'string';
}

function isManifest(value: unknown): value is Manifest {
  const { version, startedAt, finishedAt, files } = (value ?? {}) as Partial<Manifest>;
  const isDated = Number.isSafeInteger(startedAt) && Number.isSafeInteger(finishedAt);
  return Number.isInteger(version) && isDated && Array.isArray(files) && files.length > 0 && files.every(isFile);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Size and SHA-256 of a file, synced to disk before it is read. */
export async function describeFile(folder: string, name: string): Promise<BackedUpFile> {
  const path = join(folder, name);
  const file = await open(path, 'r+');
  try {
    await file.sync();
    const { size } = await file.stat();
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return { name, bytes: size, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

/** The manifest of a backup whose files are all there and unchanged; a sentence where they are not. */
export async function checkedManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new UserFailure(`${folder} is no backup: it has no ${MANIFEST}.`);
  });
  const manifest = parsed(text);
  if (!isManifest(manifest)) throw new UserFailure(`${join(folder, MANIFEST)} cannot be read.`);
  if (manifest.version > MANIFEST_VERSION) throw new UserFailure(`${folder} was written by a later version of ClearBay.`);
  for (const { name, bytes, sha256 } of manifest.files) {
    const found = await describeFile(folder, name).catch(() => undefined);
    if (found === undefined) throw new UserFailure(`The backup ${folder} is not whole: ${name} is missing.`);
    if (found.bytes !== bytes || found.sha256 !== sha256)
      throw new UserFailure(`The backup ${folder} is damaged: ${name} has changed.`);
  }
  return manifest;
}
