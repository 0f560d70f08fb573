import { rm } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import type { CandidateQuery } from '../ports/ledger.ts';
import { LedgerReader } from './ledger-reader.ts';
import type { LedgerRow } from './ledger-rows.ts';
import { packRows } from './rows.ts';
import { Moved, serveThread } from './thread.ts';

let file = '';
let reader: LedgerReader | undefined;

function opened(): LedgerReader {
  reader ??= new LedgerReader(file);
  return reader;
}

function moved(rows: readonly LedgerRow[]): Moved<ArrayBuffer> {
  const buffer = packRows(rows);
  return new Moved(buffer, [buffer]);
}

const api = {
  open(ledgerFile: string) {
    file = ledgerFile;
  },
  after: (seq: number, limit: number) => moved(opened().after(seq, limit)),
  current: (station: string, from: number, to: number) => moved(opened().current(station, from, to)),
  arrivals: (records: number) => moved(opened().arrivals(records)),
  candidates(query: CandidateQuery) {
    const rows = opened().candidates(query);
    const packed = { offered: packRows(rows.offered), current: packRows(rows.current) };
    return new Moved(packed, [packed.offered, packed.current]);
  },
  /** Copies all pages in one step: with fewer, each commit meanwhile would start the copy again. */
  async backup(target: string) {
    await rm(target, { force: true });
    const source = new DatabaseSync(file, { readOnly: true });
    try {
      await backup(source, target, { rate: 0x7fffffff });
    } finally {
      source.close();
    }
  },
  close() {
    reader?.close();
    reader = undefined;
  },
};

export type ReadApi = typeof api;

serveThread(api);
