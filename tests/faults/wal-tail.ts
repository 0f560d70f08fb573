import { readFileSync } from 'node:fs';

const HEADER = 32;
const FRAME_HEADER = 24;

export interface WalTail {
  /** Size of the log up to the end of the last commit, and of the one before it, bytes. */
  readonly end: number;
  readonly previousEnd: number;
}

/** Where the last two commits of a SQLite write-ahead log end (file format, section 4). Throws where it holds fewer. */
export function walTail(file: string): WalTail {
  const log = readFileSync(file);
  const frame = FRAME_HEADER + log.readUInt32BE(8);
  const salts = log.readBigUInt64BE(16);
  const ends: number[] = [];
  for (let at = HEADER; at + frame <= log.length; at += frame) {
    // Frames of a log that was begun anew before keep their old salts.
    if (log.readBigUInt64BE(at + 8) !== salts) break;
    if (log.readUInt32BE(at + 4) !== 0) ends.push(at + frame);
  }
  const [end, previousEnd] = [ends.at(-1), ends.at(-2)];
  if (end === undefined || previousEnd === undefined) throw new Error(`${file} holds fewer than two commits`);
  return { end, previousEnd };
}
