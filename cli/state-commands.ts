import type { Config } from '@clearbay/config/load.ts';
import { createToken } from '@clearbay/console-server/accounts/tokens.ts';
import type { Role } from '@clearbay/contract/api.ts';
import { newSecret } from '@clearbay/pipeline/provision/secrets.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { openDataFolder } from './data-folder.ts';
import { saveDevice } from './device-credentials.ts';
import { UserFailure } from './failure.ts';

const ROLES: readonly Role[] = ['viewer', 'duty', 'officer', 'operator', 'tester', 'admin'];

async function withState<Result>(config: Config, work: (state: SqliteState) => Promise<Result>): Promise<Result> {
  const state = new SqliteState(openDataFolder(config.settings.data).state);
  await state.start();
  try {
    return await work(state);
  } finally {
    await state.stop();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** `clearbay token --role R`: prints a bearer token, once. */
export async function printToken(config: Config, role: string): Promise<void> {
  const known = ROLES.find((name) => name === role);
  if (known === undefined) throw new UserFailure(`There is no role "${role}"; there are: ${ROLES.join(', ')}.`);
  print(await withState(config, (state) => createToken(state, known)));
}

/** `clearbay device add ID --station S`: prints the credentials, once. */
export async function addDevice(config: Config, device: string, stations: readonly string[]): Promise<void> {
  const known = new Set(config.district.stations.map((station) => station.id));
  const missing = stations.filter((station) => !known.has(station));
  if (missing.length > 0) throw new UserFailure(`The district has no station "${missing.join('", "')}".`);
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(device)) {
    throw new UserFailure(`"${device}" cannot be a device id: lower-case letters, digits and hyphens, at most 64.`);
  }
  const password = newSecret();
  await withState(config, (state) => saveDevice(state.devices, device, stations, password));
  print(JSON.stringify({ device, password, stations }));
}
