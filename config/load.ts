import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { District, Station } from '@clearbay/domain/district.ts';
import { parseDocument } from 'yaml';
import { ConfigError, type ConfigFault, faultsOf } from './faults.ts';
import { type OutsideServers, serversInEnvironment, withServers } from './outside-servers.ts';
import { type DistrictFile, districtSchema } from './schema/district.ts';
import { type Settings, settingsSchema } from './schema/settings.ts';

export interface Config {
  readonly settings: Settings;
  readonly district: District;
  /** File the configuration came from. */
  readonly file: string;
}

/** What overrides the file: command-line options first, then the environment. */
export interface Overrides extends OutsideServers {
  readonly httpPort?: number;
  readonly mqttPort?: number;
  readonly data?: string;
}

const DEMONSTRATION_FILE = join(import.meta.dirname, 'demonstration', 'clearbay.yaml');

function parseYaml(file: string, faults: ConfigFault[]): unknown {
  if (!existsSync(file)) {
    faults.push({ path: file, reason: 'the file does not exist' });
    return undefined;
  }
  const document = parseDocument(readFileSync(file, 'utf8'));
  for (const error of document.errors) faults.push({ path: file, reason: error.message.split('\n')[0] ?? 'not valid YAML' });
  return document.errors.length > 0 ? undefined : document.toJS();
}

function portFrom(name: string, environment: NodeJS.ProcessEnv, faults: ConfigFault[]): number | undefined {
  const text = environment[name];
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  faults.push({ path: name, reason: `"${text}" is not a port (0 to 65535)` });
  return undefined;
}

/** `CLEARBAY_HTTP_PORT`, `CLEARBAY_MQTT_PORT`, `CLEARBAY_DATA`, and the servers outside. */
function environmentOverrides(environment: NodeJS.ProcessEnv, faults: ConfigFault[]): Overrides {
  return {
    httpPort: portFrom('CLEARBAY_HTTP_PORT', environment, faults),
    mqttPort: portFrom('CLEARBAY_MQTT_PORT', environment, faults),
    data: environment.CLEARBAY_DATA || undefined,
    ...serversInEnvironment(environment),
  };
}

type StationEntry = DistrictFile['stations'][number];

function toStation({ devices: _devices, windows, ...entry }: StationEntry): Station {
  const station = entry.kind === 'flood' ? withInstallations(entry) : entry;
  if (windows === undefined) return station;
  const spans = windows.map(({ from, to, ...rest }) => ({ ...rest, from: Date.parse(from), to: Date.parse(to) }));
  return { ...station, windows: spans.sort((a, b) => a.from - b.from) };
}

function withInstallations({ installations, ...station }: Omit<Extract<StationEntry, { kind: 'flood' }>, 'devices' | 'windows'>) {
  if (installations === undefined) return station;
  const dated = installations.map(({ from, datum, ...rest }) => ({
    ...rest,
    from: Date.parse(from),
    datum: datum ?? station.datum,
  }));
  return { ...station, installations: dated };
}

function toDistrict(file: DistrictFile): District {
  return {
    id: file.id,
    name: file.name,
    demonstration: file.demonstration,
    towns: file.towns,
    stations: file.stations.map(toStation),
    devices: file.stations.flatMap((station) =>
      station.devices.map((device) => ({
        id: device.id,
        station: station.id,
        periodMs: device.periodSeconds * 1000,
        origin: file.demonstration ? ('simulated' as const) : device.origin,
      })),
    ),
    targets: file.targets,
    exceptionalDays: file.exceptionalDays?.toSorted((a, b) => (a.date < b.date ? -1 : 1)),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a configuration and everything it names. The file holds settings and `district`, either inline or as the path
 * of another YAML file beside it. Throws one ConfigError with all faults, as path and reason.
 */
export function loadConfig(
  file: string = DEMONSTRATION_FILE,
  options: Overrides = {},
  environment: NodeJS.ProcessEnv = process.env,
): Config {
  const faults: ConfigFault[] = [];
  const document = parseYaml(resolve(file), faults);
  if (document !== undefined && !isRecord(document)) faults.push({ path: file, reason: 'a mapping of settings is expected' });
  const { district: districtPart, ...settingsPart } = isRecord(document) ? document : {};
  const districtDocument =
    typeof districtPart === 'string' ? parseYaml(resolve(dirname(resolve(file)), districtPart), faults) : districtPart;

  const overrides = {
    ...environmentOverrides(environment, faults),
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
  const settings = settingsSchema.safeParse(withServers(settingsPart, overrides));
  const district = districtDocument === undefined ? undefined : districtSchema.safeParse(districtDocument);
  if (!settings.success) faults.push(...faultsOf(settings.error, 'settings'));
  if (district === undefined && document !== undefined && districtPart === undefined) {
    faults.push({ path: 'district', reason: 'a district is required: inline, or the path of its file' });
  }
  if (district !== undefined && !district.success) faults.push(...faultsOf(district.error, 'district'));
  if (faults.length > 0 || !settings.success || !district?.success) throw new ConfigError(faults);

  return {
    file: resolve(file),
    district: toDistrict(district.data),
    settings: {
      ...settings.data,
      http: { ...settings.data.http, port: overrides.httpPort ?? settings.data.http.port },
      ingest: { ...settings.data.ingest, httpPort: overrides.httpPort ?? settings.data.ingest.httpPort },
      mqtt: { ...settings.data.mqtt, port: overrides.mqttPort ?? settings.data.mqtt.port },
      data: resolve(overrides.data ?? settings.data.data),
    },
  };
}
