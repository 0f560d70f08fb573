import type { Values } from '@clearbay/domain/reading.ts';

/** A reading as a device sends it (payload of contract version 1). */
export interface WireReading {
  /** Event time, epoch ms. */
  readonly at: number;
  readonly values: Values;
  readonly bay?: string;
  /** What the values stand for, ms, where it is not the device's own period. */
  readonly periodMs?: number;
  readonly seq?: number;
  readonly boot?: string;
  readonly historical?: true;
}

const MOST_READINGS = 1000;
/** The contract's limit is 64 KiB a packet; topic and header need some of it. */
const MOST_BYTES = 60 * 1024;

/** Readings as payloads within the limits of a packet, in order: one object alone, else arrays. */
export function packets(readings: readonly WireReading[]): string[] {
  const payloads: string[] = [];
  let texts: string[] = [];
  let bytes = 2;
  const close = () => {
    if (texts.length === 1) payloads.push(texts.join());
    else if (texts.length > 1) payloads.push(`[${texts.join(',')}]`);
    texts = [];
    bytes = 2;
  };
  for (const reading of readings) {
    const text = JSON.stringify(reading);
    const size = Buffer.byteLength(text) + 1;
    if (texts.length >= MOST_READINGS || bytes + size > MOST_BYTES) close();
    texts.push(text);
    bytes += size;
  }
  close();
  return payloads;
}
