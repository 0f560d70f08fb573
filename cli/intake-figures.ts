import type { BrokerStats } from '@clearbay/broker/broker-stats.ts';
import type { ExternalBrokerStats } from '@clearbay/pipeline/external/external-broker.ts';
import type { Figure } from '@clearbay/pipeline/observe/metrics.ts';

type Row<Stats> = readonly [name: string, help: string, type: Figure['type'], read: (stats: Stats) => number];

const EMBEDDED: readonly Row<BrokerStats>[] = [
  ['mqtt_connections', 'Open connections, those that did not say CONNECT yet among them', 'gauge', (stats) => stats.connections],
  ['mqtt_half_open', 'Connections without a CONNECT', 'gauge', (stats) => stats.halfOpen],
  ['mqtt_sessions', 'Persistent sessions', 'gauge', (stats) => stats.sessions],
  ['mqtt_pending', 'Publishes that wait for the disk', 'gauge', (stats) => stats.pending],
  ['mqtt_held_bytes', 'Bytes of unfinished packets', 'gauge', (stats) => stats.heldBytes],
  ['mqtt_publishes_total', 'PUBLISH packets that arrived', 'counter', (stats) => stats.publishes],
  ['mqtt_received_bytes_total', 'Bytes that arrived', 'counter', (stats) => stats.bytes],
  ['mqtt_readings_total', 'Publishes of readings', 'counter', (stats) => stats.readings],
];

const EXTERNAL: readonly Row<ExternalBrokerStats>[] = [
  ['mqtt_in_flight', 'Messages that wait for the disk', 'gauge', (stats) => stats.inFlight],
  ['mqtt_messages_total', 'Messages that the broker delivered', 'counter', (stats) => stats.messages],
  ['mqtt_redelivered_total', 'Messages that it delivered again', 'counter', (stats) => stats.redelivered],
  ['mqtt_session_forgotten_total', 'Times that it had forgotten our session', 'counter', (stats) => stats.forgotten],
];

function figuresOf<Stats>(rows: readonly Row<Stats>[], stats: () => Stats): Figure[] {
  return rows.map(([name, help, type, read]) => ({ name, help, type, read: () => read(stats()) }));
}

/** What the embedded broker tells Prometheus. */
export const embeddedFigures = (stats: () => BrokerStats): Figure[] => figuresOf(EMBEDDED, stats);

/** What the session with a broker outside tells Prometheus. */
export const externalFigures = (stats: () => ExternalBrokerStats): Figure[] => figuresOf(EXTERNAL, stats);
