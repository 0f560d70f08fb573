/** Appends readings, late and corrected ones among them, and drains them until it is killed: `node drainer.ts FOLDER FIRST [URL]`. */
import { writeSync } from 'node:fs';
import { reading, T0 } from '../../contract/ledger-reading.ts';
import { openStores } from './stores.ts';

const [folder = '', first = '0', url] = process.argv.slice(2);
const { ledger, series } = openStores(folder, url);
await ledger.start();
await series.start();
for (let next = Number(first); ; next += 40) {
  const fresh = Array.from({ length: 40 }, (_, index) => {
    const number = next + index;
    // Every seventh is an hour late.
    return reading({
      station: `air-${number % 3}`,
      at: T0 + number * 997 - (number % 7 === 0 ? 3_600_000 : 0),
      values: { pm25: number % 50, no2: number / 8 },
    });
  });
  const corrected = fresh.slice(0, 2).map((one) => ({ ...one, values: { pm25: -1 }, correction: true, rev: 1 }));
  await ledger.append(fresh);
  if (next % 3 === 0) await ledger.append(corrected);
  series.wake();
  if (next % 400 === 0) writeSync(1, `cursor ${series.status().cursor}\n`);
  await new Promise((resolve) => setTimeout(resolve, 2));
}
