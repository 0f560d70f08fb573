/**
 * Appends numbered readings until it is killed: `node appender.ts FILE FIRST`. Each line on the standard output is
 * `ok FIRST LAST` for a resolved append or `no MESSAGE` for a rejected one, written before the next append starts.
 */
import { writeSync } from 'node:fs';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { reading, T0 } from '../../contract/ledger-reading.ts';

const [file = '', first = '0'] = process.argv.slice(2);
const ledger = new SqliteLedger({ file, retentionMs: 86_400_000, maxBytes: 1e9 });
await ledger.start();
writeSync(1, `ready ${ledger.status().lastSeq}\n`);

let next = Number(first);
async function appendForEver(size: number): Promise<void> {
  for (;;) {
    const from = next;
    next += size;
    const batch = Array.from({ length: size }, (_, index) =>
      reading({ station: `air-${(from + index) % 20}`, at: T0 + from + index, values: { pm25: from + index } }),
    );
    try {
      await ledger.append(batch);
      writeSync(1, `ok ${from} ${from + size - 1}\n`);
      // A device that missed the acknowledgement sends again.
      if (from % 3 === 0) await ledger.append(batch);
    } catch (error) {
      writeSync(1, `no ${(error as Error).message}\n`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

await Promise.all([1, 2, 7, 50].map((size) => appendForEver(size)));
