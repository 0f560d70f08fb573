import type { StatusView } from '@clearbay/contract/api.ts';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

type Reading = (status: StatusView) => number;

const FIGURES: readonly (readonly [name: string, help: string, read: Reading])[] = [
  ['accepted_total', 'Readings stored since the start', (status) => status.accepted],
  ['duplicates_total', 'Readings that came again with the same content', (status) => status.duplicates],
  ['conflicts_total', 'Readings that came again with other content', (status) => status.conflicts],
  ['conflicts_open', 'Conflicts that wait for a decision', (status) => status.openConflicts],
  ['conflicts_unkept_total', 'Conflicts that were too many of one moment to be kept', (status) => status.unkeptConflicts],
  ['late_total', 'Readings that came after the lateness window', (status) => status.late],
  ['ledger_pending', 'Readings handed over and not yet on disk', (status) => status.ledger.pending],
  ['ledger_bytes', 'Size of the ledger', (status) => status.ledger.bytes],
  ['ledger_writable', '1 while the disk takes readings', (status) => Number(status.ledger.writable)],
  ['series_lag', 'Ledger records that the series store has not taken yet', (status) => status.series.lag],
  ['series_set_aside', 'Values kept beside the figures because they may not change them', (status) => status.series.setAside],
  ['series_up', '1 while the series store answers', (status) => Number(status.series.state !== 'down')],
  ['event_loop_delay_p99_ms', '99th percentile of the event loop delay, ms', (status) => status.eventLoopDelayP99Ms],
  ['mqtt_clients', 'Connected MQTT clients', (status) => status.clients.mqtt],
  ['console_clients', 'Connected pages', (status) => status.clients.console],
  ['ready', '1 while readings are taken', (status) => Number(status.health.ready)],
];

/** The status in Prometheus' text format; figures are read when they are scraped. */
export class SystemMetrics {
  readonly #registry = new Registry();

  constructor(status: () => StatusView) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    for (const [name, help, read] of FIGURES) {
      new Gauge({
        name: `clearbay_${name}`,
        help,
        registers,
        collect() {
          this.set(read(status()));
        },
      });
    }
    new Gauge({
      name: 'clearbay_refused_total',
      help: 'What was refused since the start, by reason',
      labelNames: ['reason'],
      registers,
      collect() {
        for (const [reason, count] of Object.entries(status().refused)) this.set({ reason }, count);
      },
    });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
