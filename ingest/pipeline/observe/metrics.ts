import type { StatusView } from '@clearbay/contract/api.ts';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { StageTimes } from './stage-times.ts';

/** One number of a part; a counter only ever rises from the start of the process on. */
export interface Figure {
  /** Without the prefix; a counter's ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** Read when it is scraped. */
  readonly read: () => number;
}

export interface MetricSources {
  readonly status: () => StatusView;
  /** Figures of the parts that the status does not tell. */
  readonly figures: readonly Figure[];
  readonly times: StageTimes;
}

function statusFigures(status: () => StatusView): Figure[] {
  const counter = (name: string, help: string, read: (status: StatusView) => number): Figure => ({
    name: `${name}_total`,
    help,
    type: 'counter',
    read: () => read(status()),
  });
  const gauge = (name: string, help: string, read: (status: StatusView) => number): Figure => ({
    name,
    help,
    type: 'gauge',
    read: () => read(status()),
  });
  return [
    counter('accepted', 'Readings stored since the start', ({ accepted }) => accepted),
    counter('duplicates', 'Readings that came again with the same content', ({ duplicates }) => duplicates),
    counter('conflicts', 'Readings that came again with other content', ({ conflicts }) => conflicts),
    gauge('conflicts_open', 'Conflicts that wait for a decision', ({ openConflicts }) => openConflicts),
    counter(
      'conflicts_unkept',
      'Conflicts that were too many of one moment to be kept',
      ({ unkeptConflicts }) => unkeptConflicts,
    ),
    counter('late', 'Readings that came after the lateness window', ({ late }) => late),
    gauge('ledger_pending', 'Readings handed over and not yet on disk', ({ ledger }) => ledger.pending),
    gauge('ledger_bytes', 'Size of the ledger', ({ ledger }) => ledger.bytes),
    gauge('ledger_writable', '1 while the disk takes readings', ({ ledger }) => Number(ledger.writable)),
    gauge('series_lag', 'Ledger records that the series store has not taken yet', ({ series }) => series.lag),
    gauge('series_set_aside', 'Values kept beside the figures because they may not change them', ({ series }) => series.setAside),
    gauge('series_up', '1 while the series store answers', ({ series }) => Number(series.state !== 'down')),
    gauge('event_loop_delay_p99_ms', '99th percentile of the event loop delay, ms', (all) => all.eventLoopDelayP99Ms),
    gauge('mqtt_clients', 'Connected MQTT clients', ({ clients }) => clients.mqtt),
    gauge('console_clients', 'Connected pages', ({ clients }) => clients.console),
    gauge('ready', '1 while readings are taken', ({ health }) => Number(health.ready)),
  ];
}

/** What the system says of itself in Prometheus' text format. */
export class SystemMetrics {
  readonly #registry = new Registry();

  constructor({ status, figures, times }: MetricSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    for (const { name, help, type, read } of [...statusFigures(status), ...figures]) {
      if (type === 'gauge') {
        new Gauge({
          name: `clearbay_${name}`,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      } else {
        new Counter({
          name: `clearbay_${name}`,
          help,
          registers,
          collect() {
            this.reset();
            this.inc(read());
          },
        });
      }
    }
    new Counter({
      name: 'clearbay_refused_total',
      help: 'What was refused since the start, by reason',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of Object.entries(status().refused)) this.inc({ reason }, count);
      },
    });
    this.#registry.registerMetric(times.stages);
    this.#registry.registerMetric(times.commitLatency);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
