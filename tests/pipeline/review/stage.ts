import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadStandards } from '@clearbay/config/standards/all.ts';
import type { AirStation } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { ConflictDesk } from '@clearbay/pipeline/review/conflict-desk.ts';
import { DayFigures } from '@clearbay/pipeline/review/day-figures.ts';
import { Restatements } from '@clearbay/pipeline/review/restatements.ts';
import { ReviewDesk } from '@clearbay/pipeline/review/review-desk.ts';
import { StandingReviews } from '@clearbay/pipeline/review/standing-reviews.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { DuckdbSeries } from '@clearbay/store/series/duckdb/duckdb-series.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { storedReadings } from '../../../cli/stored-readings.ts';

/** Midnight that ends the days of the tests. */
export const MIDNIGHT = startOfDate('2026-11-23');

export const AIR: AirStation = {
  kind: 'air',
  id: 'air-1',
  name: { zh: '空气站', en: 'air' },
  town: 'zhangban',
  position: { lon: 118.8, lat: 24.9 },
  state: 'service',
  grade: 'official',
  notMonitored: [],
};

/** Six pollutants of one hour, END at `at`; all low but PM2.5. */
export function hourly(at: number, pm25: number, over: Partial<Reading> = {}): Reading {
  return {
    station: AIR.id,
    device: 'd1',
    at,
    receivedAt: at + 1000,
    origin: 'measured',
    periodMs: HOUR_MS,
    values: { pm25, pm10: 20, so2: 5, no2: 10, o3: 40, co: 0.4 },
    historical: false,
    correction: false,
    rev: 0,
    ...over,
  };
}

/** The 24 hours of the day that begins `daysAgo` days before the midnight. */
export function dayOf(daysAgo: number, pm25: (hour: number) => number): Reading[] {
  const start = MIDNIGHT - daysAgo * DAY_MS;
  return Array.from({ length: 24 }, (_, hour) => hourly(start + (hour + 1) * HOUR_MS, pm25(hour)));
}

export interface ReviewStage {
  readonly ledger: SqliteLedger;
  readonly series: DuckdbSeries;
  readonly state: SqliteState;
  readonly standing: StandingReviews;
  readonly desk: ReviewDesk;
  readonly conflicts: ConflictDesk;
  readonly restatements: Restatements;
  readonly restarted: string[];
  readonly clock: { at: number; now(): number };
  stored(from: number, to: number): Promise<readonly Reading[]>;
  /** Commits as the receiver does, and waits until the long memory has it. */
  commit(readings: readonly Reading[]): Promise<Uint8Array>;
  /** Compares the days as if they had been quiet. */
  compare(): Promise<void>;
  /** Ends and opens everything on the same files. */
  reopen(): Promise<ReviewStage>;
  stop(): Promise<void>;
}

async function openOn(folder: string, clock: ReviewStage['clock']): Promise<ReviewStage> {
  const state = new SqliteState(join(folder, 'state.sqlite'));
  await state.start();
  const ledgerFile = join(folder, 'ledger.sqlite');
  const ledger = new SqliteLedger({ file: ledgerFile, retentionMs: 14 * DAY_MS, maxBytes: 1e9, clock });
  await ledger.start();
  const series = new DuckdbSeries({ file: join(folder, 'series.duckdb'), ledgerFile, restMs: 5, clock });
  await series.start();
  const standing = new StandingReviews(state.reviews);
  await standing.start();
  const restatements = new Restatements({
    stations: [AIR],
    figures: new DayFigures({ kinds: KINDS, standards: { ...loadStandards() }, series }),
    series,
    state,
    clock,
    onFailure: (error) => {
      throw error;
    },
    tickMs: 3_600_000,
  });
  await restatements.start();
  const restarted: string[] = [];
  const readings = storedReadings(ledger, series);
  const commit = async (corrections: readonly Reading[]) => {
    const outcomes = await ledger.append(corrections);
    series.wake();
    return outcomes;
  };
  const restart = async (station: string) => void restarted.push(station);
  const desk = new ReviewDesk({
    store: state.reviews,
    standing,
    stored: readings,
    commit,
    onCorrecting: (corrections, { person, reason }) => {
      for (const { station, at } of corrections) restatements.expect(station, at, { cause: 'review', person, reason });
    },
    restart,
    clock,
  });
  const conflicts = new ConflictDesk({
    ledger,
    standing,
    stored: readings,
    commit,
    onCorrecting: ({ station, at }, { person, reason }) =>
      restatements.expect(station, at, { cause: 'correction', person, reason }),
    restart,
  });
  const stop = async () => {
    await desk.stop();
    await restatements.stop();
    await series.stop();
    await ledger.stop();
    await state.stop();
  };
  return {
    ledger,
    series,
    state,
    standing,
    desk,
    conflicts,
    restatements,
    restarted,
    clock,
    stored: (from, to) => readings(AIR.id, from, to),
    async commit(batch) {
      const outcomes = await ledger.append(batch);
      restatements.committed({ readings: batch, outcomes });
      await series.drained();
      return outcomes;
    },
    async compare() {
      await series.drained();
      // The news of a batch comes a turn after the answer to `drained`.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await restatements.compare();
    },
    async reopen() {
      await stop();
      return openOn(folder, clock);
    },
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ledger, series and state on real files, with the review desk and the record of restatements. */
export async function openReviewStage(at: number): Promise<ReviewStage> {
  const clock = { at, now: () => clock.at };
  return openOn(await mkdtemp(join(tmpdir(), 'clearbay-review-')), clock);
}
