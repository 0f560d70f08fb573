import { randomUUID } from 'node:crypto';
import type { ClaimView, CollectedView, NewClaimView, RedeemedView, RevokedView, RotatedView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { DeviceCredential } from '@clearbay/contract/gate.ts';
import { IntakeRefused, type Provisioning } from '@clearbay/contract/intake.ts';
import type { ClaimRow } from '@clearbay/store/ports/intake.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import { codeHash, newCode, newSecret, secretHash } from './secrets.ts';

export interface ProvisioningOptions {
  readonly state: Pick<StateStore, 'claims' | 'devices'>;
  readonly clock: Clock;
  /** Whether the district has the station. */
  readonly hasStation: (id: string) => boolean;
  /** Whether a device of this id is in the configuration: its name cannot be claimed. */
  readonly isConfigured: (device: string) => boolean;
  /** What is kept of a password that is made here. */
  readonly hashSecret: (secret: string) => string;
  /** Called after each change of credentials; resolves when they hold at the broker. */
  readonly refresh: () => Promise<void>;
  /** Ends the live connections of a user; gives their number. */
  readonly disconnect: (user: string) => number;
}

const CLAIMS_LISTED = 500;
const DEVICE_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Words of the API's own addresses. */
const RESERVED = new Set(['claim', 'claims']);

function viewOf(claim: ClaimRow, now: number): ClaimView {
  const { id, stations, createdBy, createdAt, expiresAt, device, redeemedAt, address, decidedBy, decidedAt } = claim;
  const state = claim.state === 'open' && expiresAt <= now ? 'expired' : claim.state;
  return { id, state, stations, createdBy, createdAt, expiresAt, device, redeemedAt, address, decidedBy, decidedAt };
}

/** Credentials of devices: claimed with a one-time code, approved by a person, rotated without a gap, revoked at once. */
export class DeviceProvisioning implements Provisioning {
  readonly #options: ProvisioningOptions;

  constructor(options: ProvisioningOptions) {
    this.#options = options;
  }

  async createClaim({ stations, lifeMs, person }: Parameters<Provisioning['createClaim']>[0]): Promise<NewClaimView> {
    const { state, clock, hasStation } = this.#options;
    const missing = stations.filter((station) => !hasStation(station));
    if (missing.length > 0) throw new IntakeRefused('station.unknown', `the district has no station ${missing.join(', ')}`);
    const code = newCode();
    const now = clock.now();
    const claim = { id: randomUUID(), stations: [...new Set(stations)], createdAt: now, expiresAt: now + lifeMs };
    await state.claims.add({ ...claim, codeHash: codeHash(code), createdBy: person });
    return { id: claim.id, code, stations: claim.stations, expiresAt: claim.expiresAt };
  }

  async redeem({ code, device, address }: Parameters<Provisioning['redeem']>[0]): Promise<RedeemedView> {
    const { state, clock, isConfigured } = this.#options;
    if (!DEVICE_ID.test(device) || RESERVED.has(device)) {
      throw new IntakeRefused('input.invalid', 'a device id has lower-case letters, digits and hyphens, at most 64');
    }
    const isKnown = isConfigured(device) || (await this.#find(device)) !== undefined;
    const secret = newSecret();
    // A taken name is told only to whoever holds a code that is good.
    const redeemed = { codeHash: codeHash(code), secretHash: secretHash(secret), address, at: clock.now() };
    const outcome = isKnown ? await this.#isGood(redeemed.codeHash) : await state.claims.redeem({ ...redeemed, device });
    if (outcome === 'unknown') throw new IntakeRefused('claim.unknown', 'the code is unknown, was used, or has expired');
    if (outcome === 'taken') throw new IntakeRefused('device.taken', `there is a device or a claim named ${device} already`);
    return { device, secret };
  }

  async collect(secret: string): Promise<CollectedView> {
    const { state, hashSecret, refresh } = this.#options;
    const claim = await state.claims.bySecret(secretHash(secret));
    if (claim === undefined || claim.device === null) throw new IntakeRefused('claim.unknown', 'there is no such claim');
    const { id, device, stations } = claim;
    if (claim.state === 'pending' || claim.state === 'rejected') return { device, state: claim.state };
    if (claim.state !== 'approved') return { device, state: 'collected' };
    const password = newSecret();
    const credential = { device, stations, passwordHash: hashSecret(password) };
    if (!(await state.claims.collect(id, credential))) return { device, state: 'collected' };
    await refresh();
    return { device, state: 'collected', password, stations };
  }

  async claims(): Promise<readonly ClaimView[]> {
    const now = this.#options.clock.now();
    return (await this.#options.state.claims.list(CLAIMS_LISTED)).map((claim) => viewOf(claim, now));
  }

  async decide(device: string, decision: 'approved' | 'rejected', person: string): Promise<ClaimView> {
    const { state, clock } = this.#options;
    const now = clock.now();
    const claim = await state.claims.decide({ device, state: decision, by: person, at: now });
    if (claim === undefined) throw new IntakeRefused('claim.unknown', `no claim of ${device} waits for a decision`);
    return viewOf(claim, now);
  }

  async rotate(device: string, graceMs: number): Promise<RotatedView> {
    const { state, clock, hashSecret, refresh } = this.#options;
    const password = newSecret();
    const known = await this.#find(device);
    if (known === undefined) throw new IntakeRefused('device.unknown', `there is no device ${device}`);
    const formerUntil = clock.now() + graceMs;
    await state.devices.save({
      device,
      stations: known.stations,
      passwordHash: hashSecret(password),
      formerPasswordHash: known.passwordHash,
      formerUntil,
    });
    await refresh();
    return { device, password, formerUntil };
  }

  async revoke(device: string): Promise<RevokedView> {
    const { state, refresh, disconnect } = this.#options;
    if ((await this.#find(device)) === undefined) throw new IntakeRefused('device.unknown', `there is no device ${device}`);
    await state.devices.remove(device);
    // First the door, then those inside: else one could come back in between.
    await refresh();
    return { device, connections: disconnect(device) };
  }

  async #find(device: string): Promise<DeviceCredential | undefined> {
    return (await this.#options.state.devices.all()).find((known) => known.device === device);
  }

  async #isGood(hash: string): Promise<'taken' | 'unknown'> {
    const now = this.#options.clock.now();
    const claims = await this.#options.state.claims.list(CLAIMS_LISTED);
    return claims.some((claim) => claim.codeHash === hash && claim.state === 'open' && claim.expiresAt > now)
      ? 'taken'
      : 'unknown';
  }
}
