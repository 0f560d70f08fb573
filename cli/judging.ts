import { type AllStandards, loadStandards } from '@clearbay/config/standards/all.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { AlertEngine, type AlertEngineOptions } from '@clearbay/pipeline/alerts/engine.ts';
import { SilenceWatch } from '@clearbay/pipeline/alerts/silence-watch.ts';
import { RecordedFree } from '@clearbay/pipeline/demand/recorded-free.ts';
import { districtAir } from '@clearbay/pipeline/live/district-air.ts';
import { LiveDistrict } from '@clearbay/pipeline/live/live-district.ts';
import type { ProgressBoard } from '@clearbay/pipeline/live/progress.ts';
import { UnstoredReadings } from '@clearbay/pipeline/live/unstored-readings.ts';
import type { StageListener } from '@clearbay/pipeline/observe/stage-times.ts';
import type { Committed } from '@clearbay/pipeline/receive/commit-queue.ts';
import { AntecedentRains } from '@clearbay/pipeline/soil/antecedent-rains.ts';
import { TideFits } from '@clearbay/pipeline/tides/tide-fits.ts';
import { OUTCOME } from '@clearbay/store/ports/ledger.ts';
import type { Premises } from './premises.ts';
import { storedReadings } from './stored-readings.ts';
import type { Stores } from './stores.ts';

export interface Judging {
  readonly live: LiveDistrict;
  readonly alerts: Pick<AlertEngine, 'status' | 'checkClocks'>;
  readonly stored: ReturnType<typeof storedReadings>;
  readonly standards: AllStandards;
  /** What became durable is judged. */
  committed(committed: Committed): void;
  /** What a full disk refused is judged from memory. */
  refusedByDisk(readings: readonly Reading[]): void;
  /** Reads anew what judging takes from the long memory, when everything that came is in it: tides, antecedent rain, free bays of the week. */
  refreshHistory(): Promise<void>;
}

/** The live district and its alerts. Stations that fall silent are looked for from the start on. */
export async function startJudging(
  { district, clock, lifecycle, log }: Premises,
  { state, ledger, series }: Stores,
  progress: ProgressBoard,
  notices: Pick<AlertEngineOptions, 'onOutbox' | 'onUnstoredNotice'>,
  onStage: StageListener,
): Promise<Judging> {
  const tables = loadStandards();
  const tides = new TideFits({
    stations: district.stations.filter((station) => station.kind === 'flood'),
    standards: tables.flood,
    series,
  });
  const rains = new AntecedentRains({ standards: tides.standards(), series });
  const recorded = new RecordedFree({
    stations: district.stations.filter((station) => station.kind === 'parking'),
    standards: tables.parking,
    series,
  });
  const standards = { ...tables, flood: rains.standards(), parking: recorded.standards() };
  const alerts = new AlertEngine({
    store: state.alerts,
    clock,
    kinds: KINDS.values(),
    onAlert: (alert) => live.tellAlert(alert),
    ...notices,
  });
  await lifecycle.run(alerts);
  const stored = storedReadings(ledger, series);
  const unstored = new UnstoredReadings({ clock, stored, judge: (readings) => live.accept(readings, 0) });
  const live = new LiveDistrict({
    district,
    kinds: KINDS,
    standards,
    clock,
    progress,
    onStage,
    openAlerts: () => alerts.open(),
    onSetAside: (event) => log.error(event, 'left out of live judging'),
    districtAir: (stations) => districtAir(district.id, stations, standards.air),
    onSignals: (signals, { station, simulated }) =>
      alerts.take(unstored.marked(signals, station.id), { kind: station.kind, name: station.name, simulated }),
  });
  await lifecycle.run({ start: () => live.start(unstored.withStored), stop: () => live.stop() });
  await lifecycle.run(
    new SilenceWatch({
      alerts,
      clock,
      stations: () => listenedTo(live, clock.now()),
      isListening: () => ledger.status().writable,
    }),
  );
  const fitTides = () => tides.refresh(clock.now()).catch((error: Error) => log.error({ error: error.message }, 'tides'));
  const sumRains = () =>
    rains.refresh(clock.now()).catch((error: Error) => log.error({ error: error.message }, 'antecedent rain'));
  const readFree = () => recorded.refresh(clock.now()).catch((error: Error) => log.error({ error: error.message }, 'free bays'));
  const whenDrained = (work: () => Promise<unknown>) =>
    series.drained().then(work, (error: Error) => log.warn({ error: error.message }, 'series not drained'));
  const refreshHistory = () => whenDrained(() => Promise.all([fitTides(), sumRains(), readFree()])).then(() => undefined);
  lifecycle.every(DAY_MS, () => void whenDrained(fitTides));
  lifecycle.every(HOUR_MS, () => void whenDrained(() => Promise.all([sumRains(), readFree()])));
  return {
    live,
    alerts,
    stored,
    standards,
    refreshHistory,
    committed: (committed) => {
      series.wake();
      judge(committed, live, unstored);
    },
    refusedByDisk: (readings) => {
      // A ledger that is only stopping refuses as well.
      if (!ledger.status().writable) unstored.refused(readings);
    },
  };
}

/** Stations that are expected to speak: not those under work, which have three periods to come back. */
function listenedTo(live: LiveDistrict, now: number) {
  return [...live.stations()]
    .filter(({ station }) => station.state === 'service' || station.state === 'trial')
    .filter(({ station, periodMs }) => !station.windows?.some(({ from, to }) => now >= from && now < to + 3 * periodMs))
    .map(({ station, periodMs, lastAt, arrivals, simulated }) => ({
      station: station.id,
      kind: station.kind,
      name: station.name,
      simulated,
      periodMs,
      lastAt,
      arrivals,
    }));
}

function judge({ readings, outcomes }: Committed, live: LiveDistrict, unstored: UnstoredReadings): void {
  if (unstored.isEmpty && outcomes.every((outcome) => outcome === OUTCOME.stored)) {
    live.accept(readings);
    return;
  }
  const { fresh, differing } = unstored.settle(readings, outcomes);
  live.accept(
    fresh,
    outcomes.reduce((count, outcome) => count + Number(outcome === OUTCOME.stored), 0),
  );
  for (const station of differing) void live.restart(station);
}
