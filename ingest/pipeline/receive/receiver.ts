import { setImmediate as nextTurn, setTimeout as rest } from 'node:timers/promises';
import type { BulkRow, RowGate, RowOutcome } from '@clearbay/contract/bulk.ts';
import type { IncomingReadings, ReadingGate } from '@clearbay/contract/gate.ts';
import type { DeviceClock } from '@clearbay/domain/alerts/device-clock.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { type Ledger, OUTCOME } from '@clearbay/store/ports/ledger.ts';
import type { StageTimes } from '../observe/stage-times.ts';
import { Arrivals } from './arrivals.ts';
import { CommitQueue, type Committed, type HoldSettings } from './commit-queue.ts';
import { type Decoded, decodeReading, parsePayload } from './decode.ts';
import { DeviceState, QualityControl, type QualitySettings } from './quality/quality-control.ts';
import { type ReviewedSpans, reviewedQuality } from './quality/reviewed-spans.ts';
import { SourceState } from './quality/source-state.ts';
import { RECEIVER_LIMITS, type ReceiverLimits } from './receiver-limits.ts';
import { type RefusalLog, type RefusalReason, Refusals } from './refusals.ts';
import type { RegisteredDevice, RegisteredStation, Registry } from './registry.ts';
import { SentMessages } from './sent-messages.ts';

export interface ReceiverOptions {
  readonly ledger: Pick<Ledger, 'append'>;
  readonly registry: Registry;
  /** Told after every commit, before the next one is looked at. Must not throw. */
  onCommitted(committed: Committed): void;
  /** Told of readings that the disk refused: they are not stored, and nothing was acknowledged. Must not throw. */
  onRefusedByDisk?(readings: readonly Reading[]): void;
  /** How messages wait for a disk that takes nothing; without it they are refused at once. */
  readonly hold?: HoldSettings;
  readonly times?: Pick<StageTimes, 'onStage' | 'onCommitLatency'>;
  readonly quality?: Partial<QualitySettings>;
  /** What people decided of stored values; holds for late and corrected readings too. */
  readonly reviewed?: ReviewedSpans;
  readonly limits?: Partial<ReceiverLimits>;
  readonly log?: RefusalLog;
}

/** Since the start. */
export interface ReceiverCounters {
  messages: number;
  stored: number;
  duplicates: number;
  conflicts: number;
  replaced: number;
  late: number;
  /** Readings that the disk refused; no PUBACK left for them, unless it took them later. */
  failed: number;
}

/** One message in so many has its steps timed. */
const TIMED_MESSAGES = 64;
/** Rows of a bulk body that are judged and committed together; between two groups live readings have their turn. */
const ROW_GROUP = 200;
const STAND_BACK_MS = 5;
/** Bulk rows go on at this pace even where live readings never become few. */
const STAND_BACK_LONGEST_MS = 1000;
const ROW_OUTCOMES = ['stored', 'duplicate', 'conflict', 'replaced'] as const;

/** A device at a station: all that a message needs, found once. */
interface Source {
  readonly station: RegisteredStation;
  readonly device: RegisteredDevice;
  readonly deviceState: DeviceState;
  readonly state: SourceState;
  readonly bays: Map<string, SourceState>;
}

/**
 * The door of all readings: decodes, identifies, validates, judges quality and commits. What is refused is counted with its reason
 * and acknowledged; what is taken is acknowledged when it is on disk.
 */
export class Receiver implements ReadingGate, RowGate {
  readonly counters: ReceiverCounters = { messages: 0, stored: 0, duplicates: 0, conflicts: 0, replaced: 0, late: 0, failed: 0 };
  readonly refusals: Refusals;
  readonly #options: ReceiverOptions;
  readonly #limits: ReceiverLimits;
  readonly #quality: QualityControl;
  readonly #queue: CommitQueue;
  readonly #arrivals: Arrivals;
  readonly #sent = new SentMessages();
  readonly #sources = new Map<string, Map<string, Source>>();
  readonly #devices = new Map<string, DeviceState>();
  #rowsPending = 0;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#limits = { ...RECEIVER_LIMITS, ...options.limits };
    this.#quality = new QualityControl(options.quality);
    this.refusals = new Refusals(options.log);
    this.#arrivals = new Arrivals(this.#limits.maxArrivalAheadMs);
    const events = {
      committed: (committed: Committed) => this.#committed(committed),
      failed: (readings: readonly Reading[]) => this.#failed(readings),
      timed: (commitMs: number, latencyMs: number) => {
        options.times?.onStage('commit', commitMs);
        options.times?.onCommitLatency(latencyMs);
      },
    };
    this.#queue = new CommitQueue(options.ledger, events, options.hold);
  }

  /** Remembers readings without a time of their own that the process before this one took; before the first message. */
  recall(readings: readonly Reading[]): void {
    for (const reading of readings) {
      if (!isOfWhole(reading, QUALITY.arrival)) continue;
      this.#arrivals.recall(reading);
      this.#sent.recall(reading);
    }
  }

  /** Readings taken and not yet on disk. */
  get pending(): number {
    return this.#queue.pending + this.#rowsPending;
  }

  /** What is known of a device's clock; undefined before its first live message. */
  clockOf(device: string): DeviceClock | undefined {
    const state = this.#devices.get(device);
    return state && this.#quality.clockOf(state);
  }

  /** The devices that were heard, with one station that each of them speaks for. */
  *heard(): Generator<{ readonly device: string; readonly station: string; readonly clock: DeviceClock }> {
    for (const [device, sources] of this.#sources) {
      const clock = this.clockOf(device);
      const [station] = sources.keys();
      if (clock !== undefined && station !== undefined) yield { device, station, clock };
    }
  }

  /** Quality control remembers a reading of an earlier run; nothing is stored or told. */
  remember(reading: Reading): void {
    const { station, device, bay } = reading;
    const source = this.#source({ kind: this.#options.registry.station(station)?.kind ?? '', station, device });
    if (typeof source === 'string') return;
    const state = bay === undefined ? source.state : bayState(source, bay);
    if (state === undefined) return;
    this.#quality.recall(reading, source.station, source.device, { device: source.deviceState, source: state });
  }

  take(incoming: IncomingReadings, done: (acknowledge: boolean) => void): void {
    this.counters.messages += 1;
    if (this.#queue.pending >= this.#limits.maxPending) {
      this.refusals.refuse('overloaded', incoming);
      this.#queue.reject(done);
      return;
    }
    this.#queue.begin();
    this.#receive(incoming);
    this.#queue.end(done);
  }

  /**
   * Takes rows sent in bulk, in small groups that stand back while live readings wait. Rejects where the disk refuses: groups before
   * the failing one are stored then, and repeating them is harmless.
   */
  async takeRows(rows: readonly BulkRow[], receivedAt: number): Promise<readonly RowOutcome[]> {
    const outcomes: RowOutcome[] = [];
    for (let start = 0; start < rows.length; start += ROW_GROUP) {
      await this.#standBack();
      outcomes.push(...(await this.#takeGroup(rows.slice(start, start + ROW_GROUP), receivedAt)));
    }
    return outcomes;
  }

  async #standBack(): Promise<void> {
    await nextTurn();
    for (
      let waited = 0;
      this.#queue.pending > this.#limits.calmPending && waited < STAND_BACK_LONGEST_MS;
      waited += STAND_BACK_MS
    ) {
      await rest(STAND_BACK_MS);
    }
  }

  async #takeGroup(rows: readonly BulkRow[], receivedAt: number): Promise<RowOutcome[]> {
    const readings: Reading[] = [];
    const judged = rows.map((row) => {
      this.#sent.begin();
      const { reading, reason } = this.#judgeRow(row, receivedAt);
      if (reading !== undefined) readings.push(reading);
      return { taken: reading !== undefined, reason };
    });
    this.#rowsPending += readings.length;
    let committed: Uint8Array = new Uint8Array(0);
    try {
      if (readings.length > 0) committed = await this.#options.ledger.append(readings);
    } catch (error) {
      this.#failed(readings);
      throw error;
    } finally {
      this.#rowsPending -= readings.length;
    }
    if (readings.length > 0) this.#committed({ readings, outcomes: committed });
    let next = 0;
    return judged.map(({ taken, reason }) => {
      if (!taken) return { outcome: 'refused', reason: reason ?? 'no-values' };
      const outcome = ROW_OUTCOMES[committed[next] as number] ?? 'stored';
      next += 1;
      return reason === undefined ? { outcome } : { outcome, reason };
    });
  }

  /** The reading of a row, or the first reason why it is none; with both, the reason is of a value that was left out. */
  #judgeRow(row: BulkRow, receivedAt: number): { readonly reading?: Reading; readonly reason?: string } {
    const { registry } = this.#options;
    const device = row.device ?? registry.onlyDevice(row.station) ?? '';
    const kind = registry.station(row.station)?.kind ?? '';
    let first: string | undefined;
    const refuse = (reason: RefusalReason, metric?: string) => {
      first ??= metric === undefined ? reason : `${reason} ${metric.slice(0, 64)}`;
      const payload = Buffer.from(JSON.stringify(row.reading));
      this.refusals.refuse(reason, { kind, station: row.station, device, payload, receivedAt }, metric);
    };
    const source =
      device === '' && registry.station(row.station) !== undefined
        ? 'device-missing'
        : this.#source({ kind, station: row.station, device });
    // Without a device the station is what is unknown.
    if (typeof source === 'string') refuse(device === '' && source === 'unknown-device' ? 'unknown-station' : source);
    else {
      const decoded = decodeReading(row.reading, source.station, refuse);
      const reading = decoded && this.#judge(receivedAt, source, decoded, true);
      if (typeof reading === 'object') return first === undefined ? { reading } : { reading, reason: first };
      if (reading !== undefined) refuse(reading);
    }
    return { reason: first };
  }

  #receive(incoming: IncomingReadings): void {
    const source = this.#source(incoming);
    if (typeof source === 'string') {
      this.refusals.refuse(source, incoming);
      return;
    }
    const began = this.counters.messages % TIMED_MESSAGES === 0 ? performance.now() : undefined;
    const parsed = parsePayload(incoming.payload);
    if (typeof parsed === 'string') {
      this.refusals.refuse(parsed, incoming);
      return;
    }
    this.#sent.begin();
    const refuse = (reason: RefusalReason, metric?: string) => this.refusals.refuse(reason, incoming, metric);
    let judgingMs = 0;
    for (const fields of parsed) {
      const decoded = decodeReading(fields, source.station, refuse);
      if (decoded === undefined) continue;
      const judgedFrom = began === undefined ? 0 : performance.now();
      const reading = this.#judge(incoming.receivedAt, source, decoded, false);
      if (began !== undefined) judgingMs += performance.now() - judgedFrom;
      if (typeof reading === 'string') refuse(reading);
      else this.#queue.add(reading);
    }
    if (began === undefined) return;
    this.#options.times?.onStage('decode', performance.now() - began - judgingMs);
    this.#options.times?.onStage('quality', judgingMs);
  }

  /** The reading with its quality, or why its time or bay cannot be. */
  #judge(receivedAt: number, source: Source, decoded: Decoded, inBulk: boolean): Reading | RefusalReason {
    if (decoded.at !== undefined) {
      const maxAgeMs = decoded.historical ? this.#limits.maxHistoricalAgeMs : this.#limits.maxAgeMs;
      if (decoded.at < receivedAt - maxAgeMs) return 'too-old';
      if (decoded.at > receivedAt + this.#limits.maxAheadMs) return 'too-far-in-future';
    }
    const state = decoded.bay === undefined ? source.state : bayState(source, decoded.bay);
    if (state === undefined) return 'unknown-bay';
    const at = decoded.at ?? this.#arrivalTime(source, decoded, receivedAt);
    if (at === undefined) return 'too-many-without-time';
    const periodMs = decoded.periodMs ?? source.device.periodMs;
    const { derive } = source.station;
    const { values, marks } = derive === undefined ? decoded : derive({ ...decoded, device: source.device.id, at });
    const judged = {
      at,
      hasEventTime: decoded.at !== undefined,
      receivedAt,
      periodMs,
      historical: decoded.historical,
      inBulk,
      values,
      marks,
    };
    const own = this.#quality.judge(judged, source.station, source.device, { device: source.deviceState, source: state });
    const spans = this.#options.reviewed?.of(source.station.id, at);
    const quality = spans === undefined ? own : reviewedQuality(spans, at, values, own);
    return {
      station: source.station.id,
      device: source.device.id,
      bay: decoded.bay,
      at,
      receivedAt,
      origin: source.device.origin,
      periodMs,
      values,
      marks,
      quality,
      historical: decoded.historical,
      correction: decoded.correction,
      rev: decoded.rev,
      seq: decoded.seq,
      boot: decoded.boot,
    };
  }

  /** A repeat of a numbered message has the time that its readings had; undefined where a source has none left to give. */
  #arrivalTime({ station, device }: Source, { bay, values, marks, seq, boot }: Decoded, receivedAt: number): number | undefined {
    const sent = { station: station.id, device: device.id, bay, values, marks, seq, boot };
    return this.#sent.timeOf(sent, receivedAt, () => this.#arrivals.timeOf(sent, receivedAt));
  }

  /** The registered pair behind a topic; the registry is asked again each time, so that what it takes back ends at once. */
  #source({
    kind,
    station: stationId,
    device: deviceId,
  }: Pick<IncomingReadings, 'kind' | 'station' | 'device'>): Source | RefusalReason {
    const device = this.#options.registry.device(deviceId);
    if (device === undefined) return 'unknown-device';
    const station = this.#options.registry.station(stationId);
    if (station === undefined) return 'unknown-station';
    if (!device.stations.has(stationId)) return 'foreign-station';
    if (station.kind !== kind) return 'wrong-kind';
    const known = this.#sources.get(deviceId)?.get(stationId);
    if (known !== undefined && known.station === station && known.device === device) return known;
    return this.#newSource(station, device, known);
  }

  #newSource(station: RegisteredStation, device: RegisteredDevice, known: Source | undefined): Source {
    let deviceState = this.#devices.get(device.id);
    if (!deviceState) {
      deviceState = new DeviceState();
      this.#devices.set(device.id, deviceState);
    }
    const source: Source = {
      station,
      device,
      deviceState,
      state: known?.state ?? new SourceState(),
      bays: known?.bays ?? new Map(),
    };
    this.#quality.know(station, device, source.state);
    const ofDevice = this.#sources.get(device.id);
    if (ofDevice) ofDevice.set(station.id, source);
    else this.#sources.set(device.id, new Map([[station.id, source]]));
    return source;
  }

  #failed(readings: readonly Reading[]): void {
    this.counters.failed += readings.length;
    this.#options.onRefusedByDisk?.(readings);
  }

  #committed(committed: Committed): void {
    const { readings, outcomes } = committed;
    const { counters } = this;
    for (let index = 0; index < outcomes.length; index += 1) {
      const outcome = outcomes[index];
      if (outcome === OUTCOME.stored) counters.stored += 1;
      else if (outcome === OUTCOME.duplicate) counters.duplicates += 1;
      else if (outcome === OUTCOME.conflict) counters.conflicts += 1;
      else counters.replaced += 1;
      if (isOfWhole(readings[index] as Reading, QUALITY.late)) counters.late += 1;
    }
    this.#options.onCommitted(committed);
  }
}

/** Whether a flag that is of the whole reading is set: its first value tells. */
function isOfWhole({ quality }: Reading, flag: number): boolean {
  for (const metric in quality) return ((quality[metric] as number) & flag) !== 0;
  return false;
}

/** State of a bay; undefined where the lot would have more bays than it has. */
function bayState(source: Source, bay: string): SourceState | undefined {
  const known = source.bays.get(bay);
  if (known) return known;
  if (source.bays.size >= source.station.bays) return undefined;
  const state = new SourceState();
  source.bays.set(bay, state);
  return state;
}
