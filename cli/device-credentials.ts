import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hashSecret } from '@clearbay/broker/access/password-hash.ts';
import { type Clock, systemClock } from '@clearbay/contract/clock.ts';
import type { CredentialSource, DeviceCredential } from '@clearbay/contract/gate.ts';
import type { District } from '@clearbay/domain/district.ts';
import { newSecret } from '@clearbay/pipeline/provision/secrets.ts';
import type { DeviceStore } from '@clearbay/store/ports/state.ts';

/** A broker looks at its live connections twice a second: what changed is in force within one. */
const LOOK_MS = 250;

/** Keeps what is needed to know a device by its password, which is one of `newSecret`. */
export async function saveDevice(
  store: DeviceStore,
  device: string,
  stations: readonly string[],
  password: string,
): Promise<void> {
  await store.save({ device, stations, passwordHash: hashSecret(password) });
}

/** Credentials from the state store, kept in memory; what another process changes (the command line) is seen at the next look. */
export class StoredCredentials implements CredentialSource {
  readonly #store: DeviceStore;
  readonly #onChange: (credentials: readonly DeviceCredential[]) => void;
  readonly #clock: Clock;
  #known = new Map<string, DeviceCredential>();
  #version = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(store: DeviceStore, onChange: (credentials: readonly DeviceCredential[]) => void, clock: Clock = systemClock) {
    this.#store = store;
    this.#onChange = onChange;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => void this.#look().catch(() => undefined), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if ((await this.#store.version()) !== this.#version) await this.refresh();
  }

  async refresh(): Promise<void> {
    // Asked first: what changes meanwhile is read again at the next look.
    const version = await this.#store.version();
    const all = await this.#store.all();
    this.#version = version;
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
