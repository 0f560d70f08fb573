import type { AlertView } from '@clearbay/contract/api.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';
import { ClockWatch } from '@clearbay/pipeline/alerts/clock-watch.ts';
import { AlertOutbox } from '@clearbay/pipeline/alerts/outbox.ts';
import { ProgressBoard } from '@clearbay/pipeline/live/progress.ts';
import { StatePublisher } from '@clearbay/pipeline/live/state-publisher.ts';
import { SystemMetrics } from '@clearbay/pipeline/observe/metrics.ts';
import { pipelineFigures } from '@clearbay/pipeline/observe/pipeline-figures.ts';
import { StageTimes } from '@clearbay/pipeline/observe/stage-times.ts';
import { HOLD_DEFAULTS } from '@clearbay/pipeline/receive/commit-queue.ts';
import { recallReadings } from '@clearbay/pipeline/receive/quality/recall.ts';
import { Receiver } from '@clearbay/pipeline/receive/receiver.ts';
import { watchedClocks } from './device-condition.ts';
import { StoredCredentials } from './device-credentials.ts';
import { logHealth } from './health-log.ts';
import { type Intake, startIntake } from './intake.ts';
import { type Judging, startJudging } from './judging.ts';
import { KnownDevices } from './known-devices.ts';
import type { Premises } from './premises.ts';
import { logRefusals } from './refusal-log.ts';
import { type Reviewing, startReviewing } from './reviewing.ts';
import { SystemStatus } from './status.ts';
import type { Stores } from './stores.ts';

/** Ledger records that a start looks through for readings without a time of their own: it takes 0.2 to 1.2 s, the longer the more there are. */
const RECALLED_RECORDS = 100_000;

/** The rooms that every role has: from the intake of readings to the alerts. */
export interface Core {
  readonly judging: Judging;
  readonly intake: Intake;
  readonly status: SystemStatus;
  readonly progress: ProgressBoard;
  readonly receiver: Receiver;
  readonly credentials: StoredCredentials;
  readonly reviewing: Reviewing;
  readonly metrics: SystemMetrics;
}

/** Starts them from the inside out; readings come in when everything behind is ready for them. */
export async function startCore(premises: Premises, stores: Stores, consoleClients: () => number): Promise<Core> {
  const { district, clock, lifecycle, log } = premises;
  const { state, ledger, series } = stores;
  const progress = new ProgressBoard(clock);
  const registry = new KnownDevices(district, KINDS);
  const credentials = new StoredCredentials(state.devices, (known) => registry.update(known), clock);
  await lifecycle.run(credentials);
  // Alerts may be raised before the way out to MQTT is open; they wait in their store.
  let outbox: AlertOutbox | undefined;
  const times = new StageTimes();
  const notices = {
    onOutbox: () => outbox?.wake(),
    onUnstoredNotice: (alert: AlertView) => outbox?.tellUnstored(alert),
  };
  const judging = await startJudging(premises, stores, progress, notices, times.onStage);
  const reviewing = await startReviewing(premises, stores, judging);
  const receiver = new Receiver({
    ledger,
    registry,
    reviewed: reviewing.standing,
    onCommitted: (committed) => {
      judging.committed(committed);
      reviewing.committed(committed);
    },
    onRefusedByDisk: (readings) => judging.refusedByDisk(readings),
    limits: {
      maxAgeMs: premises.settings.ingest.liveDays * DAY_MS,
      maxHistoricalAgeMs: premises.settings.ingest.historyDays * DAY_MS,
    },
    times,
    hold: { ...HOLD_DEFAULTS, isDiskRefusing: () => !ledger.status().writable },
    log: (refusal) => log.warn(refusal, 'refused'),
  });
  await lifecycle.run(new ClockWatch({ alerts: judging.alerts, clock, devices: () => watchedClocks(receiver, judging.live) }));
  receiver.recall(await ledger.arrivals(RECALLED_RECORDS));
  await recallReadings({ ledger, series, registry, clock, recall: (reading) => receiver.remember(reading) });
  const intake = await startIntake(premises, {
    gate: receiver,
    credentials,
    state,
    isKnownDevice: (device) => registry.device(device) !== undefined,
    onForgotten: () => outbox?.start(),
  });
  const wayOut = new AlertOutbox({ store: state.alerts, publisher: intake.publisher });
  await lifecycle.run({
    start: () => {
      outbox = wayOut;
      wayOut.start();
    },
    stop: () => {
      outbox = undefined;
      return wayOut.stop();
    },
  });
  await lifecycle.run(new StatePublisher({ live: judging.live, publisher: intake.publisher, clock, onStage: times.onStage }));
  const status = new SystemStatus({
    clock,
    ledger,
    series,
    receiver,
    broker: intake,
    consoleClients,
    troubles: () => [...intake.troubles(), ...judging.live.troubles()],
  });
  await lifecycle.run(status);
  logHealth(() => status.health(), lifecycle, log);
  logRefusals(() => intake.stats().refused, lifecycle, log);
  void judging.refreshHistory();
  const figures = [...intake.figures, ...pipelineFigures(receiver, judging.alerts)];
  const metrics = new SystemMetrics({ status: () => status.status(), figures, times });
  return { judging, intake, status, progress, receiver, credentials, reviewing, metrics };
}
