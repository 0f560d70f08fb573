import { statSync } from 'node:fs';
import type { ColumnMapping } from '@clearbay/contract/columns.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { type RecordedFile, type RecordedRow, recordedRows } from '@clearbay/simulators/recorded-rows.ts';
import { replay } from '@clearbay/simulators/replay.ts';
import { type ConfigOptions, configFrom } from '../config-option.ts';
import { UserFailure } from '../failure.ts';
import { namedMapping } from '../named-mapping.ts';
import { RowFaults } from '../row-faults.ts';
import { type PlayProgress, playProgress } from './progress.ts';
import { RecordedSender } from './sender.ts';
import { passwordSource, type Voice, type VoiceOf, type VoiceOptions, voicesFor } from './voices.ts';

export interface RecordedOptions extends ConfigOptions, VoiceOptions {
  readonly columns: string;
  readonly mqtt: string;
}

/** A recorded file that can be read and whose stations are known. */
export interface Recording {
  readonly path: string;
  readonly mapping: ColumnMapping;
  readonly station?: string;
  readonly voiceOf: VoiceOf;
}

/** How it is played. */
export interface Play {
  /** Times faster than recorded; infinite: as fast as it is acknowledged. */
  readonly speed: number;
  /** Marks the readings as back-filled. */
  readonly historical: boolean;
  /** Moves every event time, ms. */
  readonly shiftMs: number;
}

/** What became of the rows. */
interface Tally {
  sent: number;
  empty: number;
  readonly left: Map<string, number>;
}

const NAMES_TOLD = 8;
const INTERRUPTED = 130;

/** Checks everything a person may have got wrong before the first reading leaves. */
export function openRecording(kind: string, path: string, options: RecordedOptions): Recording {
  const known = KINDS.get(kind);
  if (known === undefined) throw new UserFailure(`There is no kind "${kind}"; there are: ${[...KINDS.keys()].join(', ')}.`);
  const metrics = known.metrics.map((metric) => metric.id);
  const mapping = namedMapping(options.columns, kind, metrics);
  if (mapping.wide !== undefined && options.station !== undefined) {
    throw new UserFailure(`Each column of mapping "${mapping.id}" is a station of its own: use --map instead of --station.`);
  }
  const voiceOf = voicesFor(kind, configFrom(options).district, options);
  return { path, mapping, voiceOf, ...(options.station === undefined ? {} : { station: options.station }) };
}

/** The rows of a recording; a file that cannot be read fails with a sentence. */
export async function* rowsOf(recording: Recording, told: Partial<RecordedFile> = {}): AsyncGenerator<RecordedRow> {
  const { path, mapping, station } = recording;
  try {
    yield* recordedRows({ path, mapping, ...(station === undefined ? {} : { station }), ...told });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserFailure(`${path} cannot be read: ${reason}`, { cause: error });
  }
}

/** One connection a device, opened when it first speaks. */
class Senders {
  readonly #options: RecordedOptions;
  readonly #passwordOf: (device: string) => string;
  readonly #senders = new Map<string, Promise<RecordedSender>>();

  constructor(options: RecordedOptions) {
    this.#options = options;
    this.#passwordOf = passwordSource(configFrom(options).settings.data, options.password);
  }

  async publish({ device, topic }: Voice, payload: string): Promise<void> {
    const sender = this.#senders.get(device) ?? this.#open(device);
    await (await sender).publish(topic, payload);
  }

  #open(device: string): Promise<RecordedSender> {
    const opening = async () => {
      const sender = new RecordedSender({ url: this.#options.mqtt, device, password: this.#passwordOf(device) });
      await sender.start();
      return sender;
    };
    const sender = opening();
    this.#senders.set(device, sender);
    return sender;
  }

  async stop(): Promise<void> {
    const opened = await Promise.allSettled(this.#senders.values());
    await Promise.all(opened.map((sender) => (sender.status === 'fulfilled' ? sender.value.stop() : undefined)));
  }
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function summary(recording: Recording, tally: Tally, faults: number): string {
  const left = [...tally.left.values()].reduce((sum, count) => sum + count, 0);
  const parts = [`${plural(tally.sent, 'reading')} sent`];
  if (left > 0) parts.push(`${left} of ${plural(tally.left.size, 'other station')} left out`);
  if (tally.empty > 0) parts.push(`${plural(tally.empty, 'row')} without a value`);
  if (faults > 0) parts.push(`${plural(faults, 'row')} that could not be used`);
  return `${recording.path}: ${parts.join(', ')}.\n`;
}

function namesOf(left: ReadonlyMap<string, number>): string {
  const names = [...left.keys()].slice(0, NAMES_TOLD).join(', ');
  return left.size > NAMES_TOLD ? `${names} and ${left.size - NAMES_TOLD} more` : names;
}

/** Only what was acknowledged counts as sent. */
function readingsIn(payload: string): number {
  return payload.startsWith('[') ? (JSON.parse(payload) as unknown[]).length : 1;
}

/** Sends rows until the end, a failure or an interrupt; the tally is right in each case. */
async function sendAll(recording: Recording, play: Play, { senders, tally, progress, faults, signal }: Sending): Promise<void> {
  const speaking = new Map<string, Voice>();
  const told = {
    onFault: (line: number, reason: string) => faults.tell(line, reason),
    onEmpty: () => {
      tally.empty += 1;
    },
    onRead: (bytes: number) => progress.read(bytes),
  };
  async function* moved() {
    for await (const row of rowsOf(recording, told)) yield { ...row, at: row.at + play.shiftMs };
  }
  await replay({
    rows: moved(),
    deviceOf: (source) => {
      const voice = recording.voiceOf(source);
      if (voice === undefined) tally.left.set(source, (tally.left.get(source) ?? 0) + 1);
      else speaking.set(voice.station, voice);
      return voice?.station;
    },
    periodMs: recording.mapping.periodSeconds * 1000,
    speed: play.speed,
    historical: play.historical,
    send: async (station, payload) => {
      await senders.publish(speaking.get(station) as Voice, payload);
      tally.sent += readingsIn(payload);
    },
    signal,
  });
}

interface Sending {
  readonly senders: Senders;
  readonly tally: Tally;
  readonly progress: PlayProgress;
  readonly faults: RowFaults;
  readonly signal: AbortSignal;
}

/** Sends a recording through the broker as readings of its devices and says what became of its rows. Ctrl-C ends it early. */
export async function playRecording(recording: Recording, options: RecordedOptions, play: Play): Promise<void> {
  const progress = playProgress(recording.path, sizeOf(recording.path));
  const faults = new RowFaults((text) => progress.tell(text));
  const senders = new Senders(options);
  const tally: Tally = { sent: 0, empty: 0, left: new Map() };
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  let ended = false;
  try {
    await sendAll(recording, play, { senders, tally, progress, faults, signal: interrupted.signal });
    ended = true;
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    await senders.stop();
    faults.close();
    progress.stop();
    if (ended || tally.sent > 0) process.stdout.write(summary(recording, tally, faults.count));
  }
  if (interrupted.signal.aborted) process.exitCode = INTERRUPTED;
  else if (tally.sent === 0) throw new UserFailure(nothingSent(tally));
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw new UserFailure(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function nothingSent({ left }: Tally): string {
  if (left.size === 0) return 'Nothing was sent: no row of the file could be used.';
  return `Nothing was sent: no station of the file is one of the district; name them with --map or --station. The file has: ${namesOf(left)}.`;
}
