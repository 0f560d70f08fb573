import type { AlertEngine } from '../alerts/engine.ts';
import type { Receiver } from '../receive/receiver.ts';
import type { Figure } from './metrics.ts';

/** Queues and outcomes between the broker and the stores. */
export function pipelineFigures(
  receiver: Pick<Receiver, 'counters' | 'pending'>,
  alerts: Pick<AlertEngine, 'status'>,
): readonly Figure[] {
  const { counters } = receiver;
  return [
    { name: 'messages_total', help: 'Messages taken from the broker', type: 'counter', read: () => counters.messages },
    { name: 'replaced_total', help: 'Readings that a correction replaced', type: 'counter', read: () => counters.replaced },
    { name: 'disk_refused_total', help: 'Readings that the disk refused at first', type: 'counter', read: () => counters.failed },
    { name: 'receive_pending', help: 'Readings taken and not yet on disk', type: 'gauge', read: () => receiver.pending },
    {
      name: 'alert_changes_waiting',
      help: 'Changes of alerts that wait for the state store',
      type: 'gauge',
      read: () => alerts.status().waiting,
    },
    {
      name: 'alert_changes_given_up_total',
      help: 'Changes of alerts that were given up while the state store was away',
      type: 'counter',
      read: () => alerts.status().givenUp,
    },
  ];
}
