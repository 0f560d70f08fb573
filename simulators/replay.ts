import { Flight } from './flight.ts';
import type { RecordedRow } from './recorded-rows.ts';
import { packets, type WireReading } from './wire.ts';

/** Readings of one device kept together in a packet when speed does not matter. */
const READINGS_A_PACKET = 500;

export interface ReplayOptions {
  readonly rows: AsyncIterable<RecordedRow>;
  /** The device that speaks for a station of the file; undefined leaves its rows out. */
  readonly deviceOf: (source: string) => string | undefined;
  /** What each value stands for, ms. */
  readonly periodMs: number;
  /** Recorded time passes this much faster than real time; infinite: as fast as it is acknowledged. */
  readonly speed: number;
  /** Marks the readings as back-filled, as an import does. */
  readonly historical?: boolean;
  /** Publishes a payload as a device and resolves with the PUBACK. */
  readonly send: (device: string, payload: string) => Promise<void>;
  /** Readings sent so far; called after every packet. */
  readonly onProgress?: (sent: number) => void;
  readonly signal?: AbortSignal;
}

export interface ReplayResult {
  readonly sent: number;
  /** Rows of stations that no device speaks for. */
  readonly left: number;
}

/** Packs rows device by device and hands full packets on. */
class Packer {
  readonly #waiting = new Map<string, WireReading[]>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** The device's readings when there are enough of them. */
  add(device: string, reading: WireReading): readonly WireReading[] {
    const waiting = this.#waiting.get(device) ?? [];
    waiting.push(reading);
    if (waiting.length >= this.#most) {
      this.#waiting.delete(device);
      return waiting;
    }
    this.#waiting.set(device, waiting);
    return [];
  }

  *rest(): Generator<readonly [string, readonly WireReading[]]> {
    yield* this.#waiting;
    this.#waiting.clear();
  }
}

async function until(moment: number, signal: AbortSignal | undefined): Promise<void> {
  const ms = moment - performance.now();
  if (ms <= 1 || signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

/**
 * Plays recorded rows as readings of devices, with their recorded event times, in the order of the file. With a finite speed each row waits for its
 * moment counted from the first one; a row that is behind goes at once. Rejects where a publish fails; resolves early when aborted.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { rows, deviceOf, periodMs, speed, historical, onProgress, signal } = options;
  const flight = new Flight(options.send, signal);
  const packer = new Packer(Number.isFinite(speed) ? 1 : READINGS_A_PACKET);
  const begun = performance.now();
  let first: number | undefined;
  let sent = 0;
  let left = 0;

  const dispatch = async (device: string, readings: readonly WireReading[]): Promise<boolean> => {
    for (const payload of packets(readings)) if (!(await flight.take(device, payload))) return false;
    sent += readings.length;
    if (readings.length > 0) onProgress?.(sent);
    return true;
  };

  for await (const { source, at, values } of rows) {
    const device = deviceOf(source);
    if (device === undefined) {
      left += 1;
      continue;
    }
    first ??= at;
    if (Number.isFinite(speed)) await until(begun + (at - first) / speed, signal);
    if (signal?.aborted) return { sent, left };
    const reading: WireReading = { at, values, periodMs, ...(historical ? { historical: true as const } : {}) };
    if (!(await dispatch(device, packer.add(device, reading)))) return { sent, left };
  }
  for (const [device, readings] of packer.rest()) if (!(await dispatch(device, readings))) return { sent, left };
  await flight.land();
  return { sent, left };
}
