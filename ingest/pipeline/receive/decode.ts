import type { MetricDescriptor } from '@clearbay/domain/kinds/kind.ts';
import type { Mark } from '@clearbay/domain/reading.ts';
import { BAD_TIME, NO_ZONE, parseEventTime } from './event-time.ts';
import type { RefusalReason } from './refusals.ts';
import type { RegisteredStation } from './registry.ts';

/** One reading of a payload, checked in form; whether it can be believed is judged later. */
export interface Decoded {
  /** Event time, epoch ms; absent where the payload has none. */
  readonly at: number | undefined;
  readonly values: Record<string, number>;
  readonly marks: Record<string, Mark> | undefined;
  readonly bay: string | undefined;
  readonly historical: boolean;
  readonly correction: boolean;
  readonly rev: number;
  readonly seq: number | undefined;
  readonly boot: string | undefined;
  readonly periodMs: number | undefined;
}

/** Told of each value, and each reading of an array, that is left out while the rest is taken. */
export type Refuse = (reason: RefusalReason, metric?: string) => void;

/** Readings of one message. */
const MAX_READINGS = 1000;
/** One message cannot fill the refusal lists by itself. */
const MAX_FAULTS_TOLD = 20;
const MAX_NAME = 64;
const MAX_REV = 0xffff_ffff;
const MAX_PERIOD_MS = 366 * 86_400_000;
const BAY = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The payload as a list of unchecked readings, or why it is none. */
export function parsePayload(payload: Buffer): readonly unknown[] | RefusalReason {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload.toString());
  } catch {
    return 'not-json';
  }
  if (Array.isArray(parsed)) {
    if (parsed.length === 0) return 'empty-array';
    return parsed.length > MAX_READINGS ? 'too-many-readings' : parsed;
  }
  return isFields(parsed) ? [parsed] : 'not-an-object';
}

/** Checks one reading; undefined where none of it can be taken. Every refusal is told. */
export function decodeReading(fields: unknown, station: RegisteredStation, refuse: Refuse): Decoded | undefined {
  if (!isFields(fields)) {
    refuse('not-an-object');
    return undefined;
  }
  const at = eventTime(fields.at);
  if (at !== undefined && at < 0) {
    refuse(at === NO_ZONE ? 'no-zone' : 'bad-time');
    return undefined;
  }
  if (!fieldsFit(fields)) {
    refuse('bad-field');
    return undefined;
  }
  const flags = fields.flags as Fields | undefined;
  const values = decodeValues(fields.values, flags, station.metrics, refuse);
  if (values === undefined) return undefined;
  const bay = fields.bay as string | undefined;
  const bayFault = checkBay(bay, values, station);
  if (bayFault !== undefined) {
    refuse(bayFault);
    return undefined;
  }
  return {
    at,
    values,
    marks: flags === undefined ? undefined : decodeMarks(flags, values),
    bay,
    historical: fields.historical === true,
    correction: fields.correction === true,
    rev: (fields.rev as number | undefined) ?? 0,
    seq: fields.seq as number | undefined,
    boot: fields.boot as string | undefined,
    periodMs: fields.periodMs as number | undefined,
  };
}

/** Epoch ms, undefined without one, or a code below zero. */
function eventTime(at: unknown): number | undefined {
  if (at === undefined || at === null) return undefined;
  if (typeof at === 'string') return parseEventTime(at);
  return typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 ? at : BAD_TIME;
}

function isCount(value: unknown, max: number): boolean {
  return value === undefined || (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max);
}

function isBoolean(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean';
}

function fieldsFit(fields: Fields): boolean {
  return (
    isCount(fields.seq, Number.MAX_SAFE_INTEGER) &&
    isCount(fields.rev, MAX_REV) &&
    isCount(fields.periodMs, MAX_PERIOD_MS) &&
    isBoolean(fields.historical) &&
    isBoolean(fields.correction) &&
    (fields.boot === undefined || (typeof fields.boot === 'string' && fields.boot.length <= MAX_NAME)) &&
    (fields.bay === undefined || (typeof fields.bay === 'string' && BAY.test(fields.bay))) &&
    (fields.flags === undefined || isFields(fields.flags))
  );
}

function valueFault(metric: string, value: unknown, known: boolean, marks: Fields | undefined): RefusalReason | undefined {
  if (!known) return 'unknown-metric';
  if (typeof value !== 'number') return 'not-a-number';
  // JSON has no NaN, but 1e400 parses to infinity.
  if (!Number.isFinite(value)) return 'not-finite';
  if (Object.is(value, -0)) return 'negative-zero';
  // A mark that cannot be read may well have said that the value is not to be believed.
  return marks === undefined || !Object.hasOwn(marks, metric) || isMark(marks[metric]) ? undefined : 'bad-mark';
}

function isMark(mark: unknown): mark is Mark {
  return typeof mark === 'string' && mark.length === 1 && 'NFMSDCTB'.includes(mark);
}

/** The values that can be taken: the parsed object itself where all of them are. */
function decodeValues(
  values: unknown,
  marks: Fields | undefined,
  metrics: ReadonlyMap<string, MetricDescriptor>,
  refuse: Refuse,
): Record<string, number> | undefined {
  if (!isFields(values)) {
    refuse('no-values');
    return undefined;
  }
  let taken = 0;
  let faults: Map<string, RefusalReason> | undefined;
  for (const metric in values) {
    const fault = valueFault(metric, values[metric], metrics.has(metric), marks);
    if (fault === undefined) taken += 1;
    else {
      faults ??= new Map();
      faults.set(metric, fault);
    }
  }
  if (faults === undefined && taken > 0) return values as Record<string, number>;
  return withoutFaults(values, faults, taken, refuse);
}

function withoutFaults(
  values: Fields,
  faults: ReadonlyMap<string, RefusalReason> | undefined,
  taken: number,
  refuse: Refuse,
): Record<string, number> | undefined {
  if (faults === undefined) {
    refuse('no-values');
    return undefined;
  }
  let told = 0;
  for (const [metric, reason] of faults) {
    told += 1;
    if (told <= MAX_FAULTS_TOLD) refuse(reason, metric);
  }
  if (taken === 0) return undefined;
  const kept: Record<string, number> = {};
  for (const metric in values) if (!faults.has(metric)) kept[metric] = values[metric] as number;
  return kept;
}

function checkBay(
  bay: string | undefined,
  values: Record<string, number>,
  station: RegisteredStation,
): RefusalReason | undefined {
  if (bay === undefined) {
    if (station.bayMetrics.size === 0) return undefined;
    for (const metric in values) if (station.bayMetrics.has(metric)) return 'bay-missing';
    return undefined;
  }
  return station.bays === 0 ? 'bay-unexpected' : undefined;
}

/** Marks of the values that were taken, without N, which is what a value without a mark counts as (HJ 212). */
function decodeMarks(flags: Fields, values: Record<string, number>): Record<string, Mark> | undefined {
  let marks: Record<string, Mark> | undefined;
  for (const metric in flags) {
    const mark = flags[metric];
    if (mark === 'N' || !isMark(mark) || !Object.hasOwn(values, metric)) continue;
    marks ??= {};
    marks[metric] = mark;
  }
  return marks;
}
