import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BulkRefused } from '@clearbay/contract/bulk.ts';
import { IntakeRefused } from '@clearbay/contract/intake.ts';
import { meteredBody } from '../http/metered-body.ts';

/** Writes a body to a file, unpacked and synced to disk; gives its bytes. A body that cannot be taken leaves no file behind. */
export async function spool(body: Readable, encoding: string, path: string, maxBytes: number): Promise<number> {
  try {
    const { plain } = meteredBody(body, encoding, maxBytes);
    // `flush` syncs the file before it is closed.
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(plain, file);
    return file.bytesWritten;
  } catch (cause) {
    await rm(path, { force: true });
    if (!(cause instanceof BulkRefused)) throw new IntakeRefused('service.unavailable', 'the body could not be kept', cause);
    const code = cause.code === 'rate.limited' ? 'service.unavailable' : cause.code;
    throw new IntakeRefused(code, cause.message, cause);
  }
}
