import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import type { Ledger } from '@clearbay/store/ports/ledger.ts';
import type { LatestValue, SeriesStore } from '@clearbay/store/ports/series.ts';
import type { Registry } from '../registry.ts';

/** Newest records that are gone through again; under a second. */
const MOST_RECORDS = 100_000;
const RECORDS_AT_ONCE = 10_000;
/** Flags that say nothing against the value itself. */
const OF_TIME = QUALITY.clock | QUALITY.late | QUALITY.arrival;

export interface RecallSources {
  readonly ledger: Pick<Ledger, 'readAfter' | 'status'>;
  readonly series: Pick<SeriesStore, 'latest'>;
  readonly registry: Registry;
  readonly clock: { now(): number };
  /** Takes a reading of the past into the memory of quality control. */
  readonly recall: (reading: Reading) => void;
  readonly mostRecords?: number;
}

/**
 * Gives quality control its memory back at a start: the newest records of the ledger in the order they came, then for series that
 * are not among them (slow devices of a busy installation) the latest value. Bounded, so that the start stays fast; call it before
 * readings come in.
 */
export async function recallReadings(sources: RecallSources): Promise<void> {
  const { ledger, series, recall, mostRecords = MOST_RECORDS } = sources;
  const { lastSeq } = ledger.status();
  for (let after = Math.max(0, lastSeq - mostRecords); after < lastSeq; ) {
    const entries = await ledger.readAfter(after, RECORDS_AT_ONCE);
    for (const { reading } of entries) recall(reading);
    after = entries.at(-1)?.ledgerSeq ?? lastSeq;
  }
  const latest = await series.latest().catch((): readonly LatestValue[] => []);
  for (const value of latest) {
    const reading = readingOf(value, sources);
    if (reading !== undefined) recall(reading);
  }
}

/** The latest value as its device said it; undefined where that is not known, or where the value is doubted. */
function readingOf({ station, metric, at, value, flags }: LatestValue, { registry, clock }: RecallSources): Reading | undefined {
  const device = registry.device(registry.onlyDevice(station) ?? '');
  if (device === undefined || (flags & ~OF_TIME) !== 0 || registry.station(station)?.bayMetrics.has(metric)) return undefined;
  return {
    station,
    device: device.id,
    at,
    receivedAt: clock.now(),
    origin: device.origin,
    periodMs: device.periodMs,
    values: { [metric]: value },
    // When it came is not known: it says nothing of the device's clock.
    historical: true,
    correction: false,
    rev: 0,
  };
}
