import type { IncomingReadings } from '@clearbay/contract/gate.ts';
import type { MetricDescriptor } from '@clearbay/domain/kinds/kind.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { Receiver, type ReceiverOptions } from '@clearbay/pipeline/receive/receiver.ts';
import type { RegisteredDevice, RegisteredStation } from '@clearbay/pipeline/receive/registry.ts';

export const NOW = Date.UTC(2026, 10, 23, 6, 0, 0);

export function metric(id: string, more: Partial<MetricDescriptor> = {}): MetricDescriptor {
  return { id, label: { zh: id, en: id }, unit: 'x', decimals: 1, range: [0, 1000], resolution: 0.1, rollup: 'mean', ...more };
}

/** A ledger in memory that the test can hold back or let fail. */
export class StagedLedger {
  readonly readings: Reading[] = [];
  readonly appends: number[] = [];
  failing = false;
  hold: Promise<void> | undefined;

  async append(readings: readonly Reading[]): Promise<Uint8Array> {
    this.appends.push(readings.length);
    await this.hold;
    if (this.failing) throw new Error('disk full');
    this.readings.push(...readings);
    return new Uint8Array(readings.length);
  }
}

export interface Staged {
  readonly receiver: Receiver;
  readonly ledger: StagedLedger;
  now: number;
  /** Sends a payload and resolves with the answer. */
  send(payload: unknown, more?: Partial<IncomingReadings>): Promise<boolean>;
  /** The last committed reading. */
  last(): Reading;
}

/** A receiver for one air station a1 (pm25, temperature), one lot p1 with two bays, and their devices. */
export function stageReceiver(options: Partial<ReceiverOptions> = {}): Staged {
  const air = new Map([
    ['pm25', metric('pm25', { maxRatePerHour: 400, stuckAfterMs: 6 * 3_600_000 })],
    ['temperature', metric('temperature', { range: [-40, 60] })],
  ]);
  const parking = new Map([['occupied', metric('occupied', { range: [0, 1] })]]);
  const stations = new Map<string, RegisteredStation>([
    ['a1', { id: 'a1', kind: 'air', metrics: air, bayMetrics: new Set(), bays: 0 }],
    ['a2', { id: 'a2', kind: 'air', metrics: air, bayMetrics: new Set(), bays: 0 }],
    ['p1', { id: 'p1', kind: 'parking', metrics: parking, bayMetrics: new Set(['occupied']), bays: 2 }],
  ]);
  const devices = new Map<string, RegisteredDevice>([
    ['d1', { id: 'd1', stations: new Set(['a1']), origin: 'measured', periodMs: 60_000 }],
    ['sim', { id: 'sim', stations: new Set(['a1']), origin: 'simulated', periodMs: 60_000 }],
    ['gate', { id: 'gate', stations: new Set(['p1']), origin: 'measured', periodMs: 60_000 }],
  ]);
  const ledger = new StagedLedger();
  const receiver = new Receiver({
    ledger,
    registry: {
      station: (id) => stations.get(id),
      device: (id) => devices.get(id),
      onlyDevice: (station) => (station === 'p1' ? 'gate' : undefined),
    },
    onCommitted: () => {},
    ...options,
  });
  const staged: Staged = {
    receiver,
    ledger,
    now: NOW,
    send(payload, more = {}) {
      const bytes = Buffer.isBuffer(payload)
        ? payload
        : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
      return new Promise((resolve) =>
        receiver.take({ kind: 'air', station: 'a1', device: 'd1', payload: bytes, receivedAt: staged.now, ...more }, resolve),
      );
    },
    last: () => ledger.readings.at(-1) as Reading,
  };
  return staged;
}
