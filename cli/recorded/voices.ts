import { existsSync, readFileSync } from 'node:fs';
import { topics } from '@clearbay/contract/topics.ts';
import type { District, Station } from '@clearbay/domain/district.ts';
import { dataFiles } from '../data-folder.ts';
import { UserFailure } from '../failure.ts';

/** How the stations of a file become stations of the district. */
export interface VoiceOptions {
  /** Device that speaks; absent: of each station the first device of the configuration. */
  readonly device?: string;
  /** Station that every row belongs to. */
  readonly station?: string;
  /** NAME=STATION pairs, separated by commas. */
  readonly map?: string;
  readonly password?: string;
}

/** One station of the district and the device that speaks for it. */
export interface Voice {
  readonly station: string;
  readonly device: string;
  readonly topic: string;
}

/** Names may hold commas and equals signs; station ids may not. */
const PAIR = /\s*(.+?)\s*=\s*([a-z0-9][a-z0-9-]{0,63})\s*(?:,|$)/gy;

function parsePairs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let end = 0;
  for (const match of text.matchAll(PAIR)) {
    end = match.index + match[0].length;
    pairs.set(match[1] ?? '', match[2] ?? '');
  }
  if (pairs.size === 0 || end < text.length) {
    throw new UserFailure(`--map "${text.slice(end, end + 60)}" cannot be read: NAME=STATION pairs, separated by commas.`);
  }
  return pairs;
}

/** Which voice speaks for a name in the file; the same object for the same station. */
export type VoiceOf = (source: string) => Voice | undefined;

/** A configured device reports for its own stations only; which ones an added device has, the broker knows. */
function checkDevice(device: string, station: string, district: District): void {
  const own = district.devices.filter((each) => each.id === device).map((each) => each.station);
  if (own.length === 0 || own.includes(station)) return;
  throw new UserFailure(`Device ${device} reports for ${own.join(', ')}, not for ${station}.`);
}

function voiceMaker(kind: string, district: District, device: string | undefined): (id: string) => Voice {
  const known = new Map<string, Voice>();
  return (id) => {
    const made = known.get(id);
    if (made !== undefined) return made;
    const station = district.stations.find((each) => each.id === id);
    if (station === undefined) throw new UserFailure(`The district has no station "${id}".`);
    if (station.kind !== kind) throw new UserFailure(`Station ${id} is of kind ${station.kind}, not ${kind}.`);
    const speaking = device ?? district.devices.find((each) => each.station === id)?.id;
    if (speaking === undefined) {
      throw new UserFailure(`Station ${id} has no device in the configuration; name the one that speaks with --device.`);
    }
    checkDevice(speaking, id, district);
    const voice = { station: id, device: speaking, topic: topics.readings(kind, id, speaking) };
    known.set(id, voice);
    return voice;
  };
}

/**
 * Finds the voices: `--station` takes every row, `--map` names stations of the file, and without either a station is found by its id
 * or its name in the district. Throws a sentence for pairs, stations and devices that do not fit.
 */
export function voicesFor(kind: string, district: District, options: VoiceOptions): VoiceOf {
  const { station, map, device } = options;
  if (station !== undefined && map !== undefined) throw new UserFailure('--station and --map exclude each other.');
  const voice = voiceMaker(kind, district, device);
  if (station !== undefined) {
    const only = voice(station);
    return () => only;
  }
  if (map !== undefined) {
    const mapped = new Map([...parsePairs(map)].map(([name, id]) => [name, voice(id)]));
    return (source) => mapped.get(source.trim());
  }
  const stations = new Map<string, string>();
  const name = (each: Station) => [each.id, each.name.zh, each.name.en];
  for (const each of district.stations) if (each.kind === kind) for (const key of name(each)) stations.set(key, each.id);
  return (source) => {
    const id = stations.get(source.trim());
    return id === undefined ? undefined : voice(id);
  };
}

/** Passwords of devices: the one given, else what the demonstration wrote for its own devices. */
export function passwordSource(dataFolder: string, given: string | undefined): (device: string) => string {
  if (given !== undefined) return () => given;
  const { demoDevices } = dataFiles(dataFolder);
  const known: Readonly<Record<string, string>> = existsSync(demoDevices) ? JSON.parse(readFileSync(demoDevices, 'utf8')) : {};
  return (device) => {
    const password = known[device];
    if (password !== undefined) return password;
    throw new UserFailure(
      `There is no password for device ${device}: give it with --password (clearbay device add prints one), or name the data folder of a running demonstration with --data.`,
    );
  };
}
