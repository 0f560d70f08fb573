import type { Reading } from '@clearbay/domain/reading.ts';

/** A repeat comes within this, ms. */
const REMEMBERED_MS = 86_400_000;
/** Readings remembered of one device, and of all; those of the device that was silent longest go first. */
const OF_DEVICE = 1024;
const OF_ALL = 200_000;

/** What of a reading is compared with an earlier one of the same number. */
type Sent = Pick<Reading, 'station' | 'device' | 'bay' | 'values' | 'marks' | 'seq' | 'boot'>;

interface Remembered {
  /** Event time that the reading was given. */
  readonly at: number;
  /** The message it last came in, and how often it came there. */
  message: number;
  times: number;
}

/**
 * Readings without an event time, by device, boot, number and content: one that comes again is given the time it had, and the ledger
 * finds the duplicate, or stores it where the first was never committed. Other content under a known number is another reading, and
 * so are two equal ones in one message: nothing is lost to a device that counts badly.
 */
export class SentMessages {
  readonly #devices = new Map<string, Map<string, Remembered>>();
  #size = 0;
  #message = 0;
  #recalledAt = Number.NaN;

  /** What follows came in one message. */
  begin(): void {
    this.#message += 1;
  }

  /** The time of the same reading when it came before; else the one that `give` gives, which is remembered. */
  timeOf(sent: Sent, receivedAt: number, give: () => number | undefined): number | undefined {
    const { seq, boot } = sent;
    if (seq === undefined || boot === undefined) return give();
    const device = this.#recent(sent.device);
    const first = `${seq} ${contentOf(sent)} ${boot}`;
    const known = device.get(first);
    const times = known === undefined ? 1 : this.#again(known);
    const key = times === 1 ? first : `${times} times ${first}`;
    const before = device.get(key);
    if (before !== undefined && Math.abs(receivedAt - before.at) <= REMEMBERED_MS) return before.at;
    const at = give();
    if (at !== undefined) this.#remember(device, key, at);
    return at;
  }

  /** Remembers a reading of the process before; oldest first. */
  recall(reading: Reading): void {
    if (reading.receivedAt !== this.#recalledAt) this.begin();
    this.#recalledAt = reading.receivedAt;
    this.timeOf(reading, reading.receivedAt, () => reading.at);
  }

  #again(known: Remembered): number {
    known.times = known.message === this.#message ? known.times + 1 : 1;
    known.message = this.#message;
    return known.times;
  }

  /** The device's memory, from now on the most recent one. */
  #recent(name: string): Map<string, Remembered> {
    const device = this.#devices.get(name) ?? new Map<string, Remembered>();
    this.#devices.delete(name);
    this.#devices.set(name, device);
    return device;
  }

  #remember(device: Map<string, Remembered>, key: string, at: number): void {
    if (!device.delete(key)) this.#size += 1;
    device.set(key, { at, message: this.#message, times: 1 });
    if (device.size > OF_DEVICE) this.#forgetOldest(device);
    if (this.#size <= OF_ALL) return;
    const [name, silent] = this.#devices.entries().next().value as [string, Map<string, Remembered>];
    this.#forgetOldest(silent);
    if (silent.size === 0) this.#devices.delete(name);
  }

  #forgetOldest(device: Map<string, Remembered>): void {
    for (const key of device.keys()) {
      device.delete(key);
      this.#size -= 1;
      return;
    }
  }
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function hashed(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash;
}

/** Place, values and marks in 32 bits, whatever the order of the metrics. Where two contents meet, the ledger tells them apart. */
function contentOf({ station, bay, values, marks }: Sent): number {
  let sum = hashed(`${station}\n${bay ?? ''}`);
  for (const metric in values) sum = (sum + hashed(`${metric} ${values[metric]} ${marks?.[metric] ?? 'N'}`)) | 0;
  return sum;
}
