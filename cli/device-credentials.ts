import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hashSecret } from '@clearbay/broker/access/password-hash.ts';
import { type Clock, systemClock } from '@clearbay/contract/clock.ts';
import type { CredentialSource, DeviceCredential } from '@clearbay/contract/gate.ts';
import type { District } from '@clearbay/domain/district.ts';
import { newSecret } from '@clearbay/pipeline/provision/secrets.ts';
import type { DeviceStore } from '@clearbay/store/ports/state.ts';

const REFRESH_MS = 2000;

/** Keeps what is needed to know a device by its password, which is one of `newSecret`. */
export async function saveDevice(
  store: DeviceStore,
  device: string,
  stations: readonly string[],
  password: string,
): Promise<void> {
  await store.save({ device, stations, passwordHash: hashSecret(password) });
}

/** Credentials from the state store, kept in memory; devices added on the command line are seen within seconds. */
export class StoredCredentials implements CredentialSource {
  readonly #store: DeviceStore;
  readonly #onChange: (credentials: readonly DeviceCredential[]) => void;
  readonly #clock: Clock;
  #known = new Map<string, DeviceCredential>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: DeviceStore, onChange: (credentials: readonly DeviceCredential[]) => void, clock: Clock = systemClock) {
    this.#store = store;
    this.#onChange = onChange;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => void this.refresh().catch(() => undefined), REFRESH_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async refresh(): Promise<void> {
    const all = await this.#store.all();
    this.#known = new Map(all.map((credential) => [credential.device, credential]));
    this.#onChange(all);
  }

  find(userName: string): DeviceCredential | undefined {
    const known = this.#known.get(userName);
    if (known?.formerUntil === undefined || known.formerUntil > this.#clock.now()) return known;
    const { formerPasswordHash, formerUntil, ...current } = known;
    return current;
  }
}

export type DemoPasswords = Readonly<Record<string, string>>;

/** Passwords of the demonstration's devices: made at the first start, written for their owner only, the same at the next. */
export async function demoPasswords(file: string, district: District, store: DeviceStore): Promise<DemoPasswords> {
  const known: DemoPasswords = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const stored = new Set((await store.all()).map((credential) => credential.device));
  const passwords: Record<string, string> = { ...known };
  await Promise.all(
    district.devices.map(async ({ id, station }) => {
      if (passwords[id] !== undefined && stored.has(id)) return;
      passwords[id] ??= newSecret();
      await saveDevice(store, id, [station], passwords[id]);
    }),
  );
  if (Object.keys(passwords).length !== Object.keys(known).length) {
    writeFileSync(file, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  }
  return passwords;
}
