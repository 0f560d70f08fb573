import { type Group, LedgerFile, type LedgerFileOptions, type LedgerHead } from './ledger-file.ts';
import { Moved, serveThread } from './thread.ts';

let ledger: LedgerFile | undefined;

function opened(): LedgerFile {
  if (ledger === undefined) throw new Error('the ledger is not open');
  return ledger;
}

/** What becomes of a group: an OUTCOME byte a reading, and its emptied buffer for a later group. */
export interface GroupReply extends LedgerHead {
  readonly outcomes: Uint8Array<ArrayBuffer>;
  readonly buffer: ArrayBuffer;
}

const api = {
  open(options: LedgerFileOptions) {
    ledger = new LedgerFile(options);
    return { ...ledger.names(), ...ledger.head() };
  },
  commit(group: Group): Moved<GroupReply> {
    const outcomes = opened().commit(group);
    const { buffer } = group;
    return new Moved({ outcomes, buffer, ...opened().head() }, [outcomes.buffer, buffer]);
  },
  maintain(now: number, released: number) {
    const more = opened().maintain(now, released);
    return { more, ...opened().head() };
  },
  dismiss(candidate: number) {
    const done = opened().dismiss(candidate);
    return { done, ...opened().head() };
  },
  close() {
    ledger?.close();
    ledger = undefined;
  },
};

export type CommitApi = typeof api;

serveThread(api);
