import { setImmediate } from 'node:timers/promises';
import type { Device, District } from '@clearbay/domain/district.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { Flight } from './flight.ts';
import { StationSource, speakingDevices } from './station-source.ts';
import { RegionalWeather } from './weather.ts';
import { packets, type WireReading } from './wire.ts';

const PAST_SLICE_MS = 5 * DAY_MS;
const RECENT_SLICE_MS = 2 * HOUR_MS;

interface HistoryOptions {
  readonly district: District;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly seed: number;
  /** Epoch ms: first and last moment to fill. */
  readonly from: number;
  readonly until: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
  /** Live period instead of hours: the last day. */
  readonly recent: boolean;
}

/** The past of one simulated station, asked for span after span. */
interface Teller {
  readonly device: string;
  tell(span: Span): WireReading[];
}

function spansOf({ from, until }: HistoryOptions): Span[] {
  const spans: Span[] = [];
  const recentFrom = Math.max(from, Math.floor((until - DAY_MS) / HOUR_MS) * HOUR_MS);
  for (let at = from; at < recentFrom; at += PAST_SLICE_MS)
    spans.push({ from: at, to: Math.min(at + PAST_SLICE_MS, recentFrom), recent: false });
  for (let at = recentFrom; at < until; at += RECENT_SLICE_MS)
    spans.push({ from: at, to: Math.min(at + RECENT_SLICE_MS, until), recent: true });
  return spans;
}

/** Times in (from, to] on the grid of the step. */
function* times(from: number, to: number, stepMs: number): Generator<number> {
  for (let at = (Math.floor(from / stepMs) + 1) * stepMs; at <= to; at += stepMs) yield at;
}

function teller(device: Device, kind: Kind, source: StationSource): Teller {
  let recent = false;
  return {
    device: device.id,
    tell(span) {
      if (span.recent && !recent) source.tellAll();
      recent = span.recent;
      // Means of an hour in the past, or the kind's own longer interval (four hours for water).
      const stepMs = recent ? device.periodMs : Math.max(HOUR_MS, kind.periodMs);
      const readings: WireReading[] = [];
      for (const at of times(span.from, span.to, stepMs)) {
        const reported = source.report(at, stepMs);
        // A year of single bays would be ten million messages; the lot's own count stands for them.
        for (const reading of recent ? reported : reported.filter(({ bay }) => bay === undefined)) {
          readings.push({ ...reading, periodMs: stepMs, historical: true });
        }
      }
      return readings;
    },
  };
}

/** One device's part of one span, counted in device-hours for the progress. */
interface Slice {
  readonly device: string;
  readonly hours: number;
  /** To be called slice after slice, each once: the models step on. The same seed gives the same payloads again. */
  payloads(): readonly string[];
}

/** The past of every simulated device, span after span in time order. */
export function historySlices(options: HistoryOptions): readonly Slice[] {
  const { district, kinds, seed, from } = options;
  const weather = new RegionalWeather(seed);
  const tellers = [...speakingDevices(district)].flatMap(([station, device]): Teller[] => {
    const kind = kinds.get(station.kind);
    if (kind === undefined) return [];
    const source = new StationSource(station, kind, seed, weather);
    source.warmUp(from);
    return [teller(device, kind, source)];
  });
  return spansOf(options).flatMap((span) =>
    tellers.map(({ device, tell }) => ({ device, hours: (span.to - span.from) / HOUR_MS, payloads: () => packets(tell(span)) })),
  );
}

export interface FillOptions extends Omit<HistoryOptions, 'from' | 'until'> {
  /** First moment to fill and the moment of the call, epoch ms; a resumed fill keeps the end it began with. */
  readonly from: number;
  readonly now: number;
  /** Publishes a payload as a device and resolves with the PUBACK. */
  readonly send: (device: string, payload: string) => Promise<void>;
  /** Where the fill keeps how far it is, over restarts. */
  readonly state: { get(): Promise<string | undefined>; set(value: string): Promise<void> };
  /** Device-hours done and in all. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

interface FillState {
  readonly from: number;
  readonly until: number;
  readonly slices: number;
  readonly done: boolean;
}

/**
 * Fills the past through the same door as live data, as fast as it is acknowledged. Once done it does nothing; interrupted, it goes on with
 * the slice that was under way. Rejects where a publish fails; resolves early when aborted.
 */
export async function fillHistory(options: FillOptions): Promise<void> {
  const { state, send, onProgress, signal, now } = options;
  const saved = await state.get();
  const begun: FillState =
    saved === undefined ? { from: options.from, until: now, slices: 0, done: false } : (JSON.parse(saved) as FillState);
  if (begun.done) return;

  const slices = historySlices({ ...options, from: begun.from, until: begun.until });
  const total = slices.reduce((sum, slice) => sum + slice.hours, 0);
  let done = 0;
  await state.set(JSON.stringify(begun));
  const flight = new Flight(send, signal);
  for (const [index, slice] of slices.entries()) {
    // Live data flow meanwhile: every slice lets them pass.
    await setImmediate();
    if (signal?.aborted) return;
    const payloads = slice.payloads();
    done += slice.hours;
    // Models have no shortcut to the middle of the year: what was told before is stepped through again, unsent.
    if (index < begun.slices) continue;
    for (const payload of payloads) if (!(await flight.take(slice.device, payload))) return;
    onProgress(done, total);
    if (index % 8 !== 7) continue;
    if (!(await flight.land())) return;
    await state.set(JSON.stringify({ ...begun, slices: index + 1 }));
  }
  if (!(await flight.land())) return;
  await state.set(JSON.stringify({ ...begun, slices: slices.length, done: true }));
}
