import { once } from 'node:events';
import { systemClock } from '@clearbay/contract/clock.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { Fleet } from '@clearbay/simulators/fleet.ts';
import { speakingDevices } from '@clearbay/simulators/station-source.ts';
import { configFrom } from './config-option.ts';
import { UserFailure } from './failure.ts';
import { openRecording, type Play, playRecording, type RecordedOptions, type Recording, rowsOf } from './recorded/play.ts';
import { RecordedSender } from './recorded/sender.ts';
import { passwordSource } from './recorded/voices.ts';

export interface SimulateOptions extends RecordedOptions {
  readonly replay?: string;
  readonly kind: string;
  readonly speed?: string;
  /** Moves the recording to the present: its `first` row, or its `last`. */
  readonly now?: string;
}

const DEFAULT_SPEED = 60;

function speedOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const speed = Number(text);
  if (!(speed >= 0) || text.trim() === '') throw new UserFailure(`--speed ${text} is no factor: 0 or more.`);
  return speed === 0 ? Number.POSITIVE_INFINITY : speed;
}

async function timesOf(recording: Recording): Promise<{ readonly first: number; readonly last: number }> {
  let first: number | undefined;
  let last = Number.NEGATIVE_INFINITY;
  for await (const { source, at } of rowsOf(recording)) {
    if (recording.voiceOf(source) === undefined) continue;
    first ??= at;
    last = Math.max(last, at);
  }
  return first === undefined ? { first: 0, last: 0 } : { first, last };
}

/** Where a recording goes: readings that keep their times are back-filled, those of the present are live. */
async function playOf(recording: Recording, { now, speed }: SimulateOptions): Promise<Play> {
  if (now === undefined) return { speed: speedOf(speed, DEFAULT_SPEED), historical: true, shiftMs: 0 };
  const present = systemClock.now();
  const { first, last } = await timesOf(recording);
  if (now === 'first') {
    const factor = speedOf(speed, 1);
    if (factor !== 1) throw new UserFailure('With --now first the recording runs as it was recorded: --speed must be 1.');
    return { speed: factor, historical: false, shiftMs: present - first };
  }
  if (now !== 'last') throw new UserFailure(`--now "${now}" is not known; there are: first, last.`);
  // Whole hours: a mean of an hour stays labelled by the end of an hour.
  const shiftMs = Math.floor((present - last) / HOUR_MS) * HOUR_MS;
  return { speed: speedOf(speed, DEFAULT_SPEED), historical: false, shiftMs };
}

/** `clearbay simulate --replay`: plays a recording at its pace times a factor. */
async function replayFile(file: string, options: SimulateOptions): Promise<void> {
  const recording = openRecording(options.kind, file, options);
  await playRecording(recording, options, await playOf(recording, options));
}

/** Says at once what a whole fleet would only find out after its patience. */
async function knock(url: string, device: string, password: string): Promise<void> {
  const sender = new RecordedSender({ url, device, password });
  await sender.start();
  await sender.stop();
}

async function runFleet(options: SimulateOptions): Promise<void> {
  const { district, settings } = configFrom(options);
  const passwordOf = passwordSource(settings.data, options.password);
  const devices = [...speakingDevices(district).values()];
  const [one] = devices;
  if (one === undefined) throw new UserFailure(`No station of ${district.name.en} has a simulated device.`);
  const passwords = new Map(devices.map(({ id }) => [id, passwordOf(id)]));
  await knock(options.mqtt, one.id, passwordOf(one.id));
  const fleet = new Fleet({
    district,
    kinds: KINDS,
    seed: settings.simulator.seed,
    clock: systemClock,
    url: options.mqtt,
    passwords,
  });
  await fleet.start();
  process.stdout.write(`${devices.length} simulated devices report to ${options.mqtt}. Ctrl-C stops them.\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await fleet.stop();
  if (fleet.lost > 0) process.stderr.write(`${fleet.lost} messages could not be sent.\n`);
}

/** `clearbay simulate`: the simulated devices of a district, or a recording, against a broker. */
export async function simulate(options: SimulateOptions): Promise<void> {
  if (options.replay === undefined) await runFleet(options);
  else await replayFile(options.replay, options);
}
