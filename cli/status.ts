import type { HealthView, StatusView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { Receiver } from '@clearbay/pipeline/receive/receiver.ts';
import type { Ledger } from '@clearbay/store/ports/ledger.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';
import { LoopDelay } from './loop-delay.ts';

export const VERSION = '0.1.0';

/** Ledger records behind which the series store counts as lagging. */
const LAG_WORTH_TELLING = 100_000;

export interface StatusSources {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly series: SeriesStore;
  readonly receiver: Receiver;
  readonly broker: { stats(): { readonly clients: number; readonly refused: Readonly<Record<string, number>> } };
  readonly consoleClients: () => number;
  /** Further reasons why something is not as it should be. */
  readonly troubles: () => readonly string[];
}

/** What the system says of itself. */
export class SystemStatus {
  readonly #sources: StatusSources;
  readonly #startedAt: number;
  readonly #delay = new LoopDelay();

  constructor(sources: StatusSources) {
    this.#sources = sources;
    this.#startedAt = sources.clock.now();
  }

  start(): void {
    this.#delay.start();
  }

  stop(): void {
    this.#delay.stop();
  }

  health(): HealthView {
    const { ledger, series, troubles } = this.#sources;
    const disk = ledger.status();
    const memory = series.status();
    const reasons = [...troubles()];
    if (!disk.writable) reasons.push(`ledger: ${disk.error ?? 'not writable'}; nothing is acknowledged`);
    if (memory.state === 'down') reasons.push(`series store: ${memory.error ?? 'away'}; readings wait in the ledger`);
    else if (memory.lag > LAG_WORTH_TELLING) reasons.push(`series store: ${memory.lag} readings behind`);
    reasons.push(...(memory.unwritable ?? []).map((text) => `series store: ${text}`));
    const state = disk.writable ? (reasons.length === 0 ? 'ok' : 'degraded') : 'down';
    return { live: true, ready: disk.writable, state, reasons, version: VERSION, startedAt: this.#startedAt };
  }

  status(): StatusView {
    const { ledger, series, receiver, broker, consoleClients } = this.#sources;
    const { lastSeq, pending, bytes, writable, candidates, candidatesLeftOut } = ledger.status();
    const { state, lag, setAside, cursor } = series.status();
    const { counters } = receiver;
    return {
      health: this.health(),
      accepted: counters.stored + counters.replaced,
      refused: { ...broker.stats().refused, ...receiver.refusals.counts() },
      duplicates: counters.duplicates,
      conflicts: counters.conflicts,
      openConflicts: candidates,
      unkeptConflicts: candidatesLeftOut,
      late: counters.late,
      ledger: { lastSeq, pending, bytes, writable },
      series: { state, lag, setAside, cursor },
      eventLoopDelayP99Ms: this.#delay.p99Ms(),
      clients: { mqtt: broker.stats().clients, console: consoleClients() },
    };
  }
}
