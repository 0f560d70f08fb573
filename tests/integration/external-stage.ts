import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@clearbay/config/load.ts';
import { systemClock } from '@clearbay/contract/clock.ts';
import { topics } from '@clearbay/contract/topics.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';
import { ExternalBroker, type ExternalBrokerOptions } from '@clearbay/pipeline/external/external-broker.ts';
import { Receiver } from '@clearbay/pipeline/receive/receiver.ts';
import { districtRegistry } from '@clearbay/pipeline/receive/registry.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { connectAsync, type MqttClient } from 'mqtt';

const { district } = loadConfig(undefined, {}, {});
export const STATION = 'air-baiqi';
const DEVICE = 'air-baiqi-1';
export const READINGS = topics.readings('air', STATION, DEVICE);
/** Event times of the readings, a second apart, behind the present. */
const FIRST_AT = Date.now() - 3_600_000;

function payload(index: number): string {
  return JSON.stringify({ at: FIRST_AT + index * 1000, values: { pm25: 10 + (index % 50) } });
}

/** A real ledger whose commits a test can hold back, before they are made or before they are told, or refuse. */
class LiddedLedger {
  readonly #ledger: SqliteLedger;
  before: Promise<void> = Promise.resolve();
  after: Promise<void> = Promise.resolve();
  refuses = false;

  constructor(ledger: SqliteLedger) {
    this.#ledger = ledger;
  }

  async append(readings: readonly Reading[]): Promise<Uint8Array> {
    await this.before;
    if (this.refuses) throw new Error('the disk is full');
    const outcomes = await this.#ledger.append(readings);
    await this.after;
    return outcomes;
  }
}

/** Our side of an external broker: the intake, the gate and a ledger, as one process has them. */
export class OurSide {
  readonly ledger: LiddedLedger;
  readonly receiver: Receiver;
  readonly broker: ExternalBroker;
  readonly told: string[] = [];
  readonly #file: SqliteLedger;

  constructor(folder: string, url: string, options: Partial<ExternalBrokerOptions> = {}) {
    this.#file = new SqliteLedger({
      file: join(folder, 'ledger.db'),
      retentionMs: 7 * DAY_MS,
      maxBytes: 1e9,
      clock: systemClock,
    });
    this.ledger = new LiddedLedger(this.#file);
    const registry = districtRegistry(district, [...KINDS.values()]);
    this.receiver = new Receiver({ ledger: this.ledger, registry, onCommitted: () => undefined });
    this.broker = new ExternalBroker({
      account: { url, clientId: 'clearbay' },
      stations: district.stations.map(({ id }) => id),
      isKnownDevice: (device) => registry.device(device) !== undefined,
      gate: this.receiver,
      clock: systemClock,
      hadSession: false,
      onSession: () => this.told.push('session'),
      onForgotten: () => this.told.push('forgotten'),
      backOff: { firstMs: 50, lastMs: 400 },
      ...options,
    });
  }

  async start(): Promise<void> {
    await this.#file.start();
    await this.broker.start();
  }

  async stop(): Promise<void> {
    await this.broker.stop();
    await this.#file.stop();
  }

  /** Event times in the ledger, as the indices they were made from. */
  async stored(): Promise<number[]> {
    const entries = await this.#file.readAfter(0, 1_000_000);
    return entries.map(({ reading }) => (reading.at - FIRST_AT) / 1000);
  }
}

export async function ourSide(folder: string, url: string, options?: Partial<ExternalBrokerOptions>): Promise<OurSide> {
  await mkdir(folder, { recursive: true });
  const side = new OurSide(folder, url, options);
  await side.start();
  return side;
}

/** A device's connection: repeats what has no PUBACK, over restarts of the broker too. */
export function device(url: string): Promise<MqttClient> {
  return connectAsync(url, { clientId: DEVICE, clean: false, protocolVersion: 4, reconnectPeriod: 50 });
}

/** Publishes readings `from` to `to` (exclusive); resolves when the broker has acknowledged them all. */
export async function publishReadings(client: MqttClient, from: number, to: number): Promise<void> {
  const acknowledged = [];
  for (let index = from; index < to; index += 1) acknowledged.push(client.publishAsync(READINGS, payload(index), { qos: 1 }));
  await Promise.all(acknowledged);
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
