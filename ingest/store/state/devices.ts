import type { DeviceCredential } from '@clearbay/contract/gate.ts';
import type { Kysely } from 'kysely';
import type { DeviceStore } from '../ports/state.ts';
import type { StateTables } from './tables.ts';

/** Credentials of devices that were added by hand or by a claim. */
export class StoredDevices implements DeviceStore {
  readonly #db: Kysely<StateTables>;

  constructor(db: Kysely<StateTables>) {
    this.#db = db;
  }

  async all(): Promise<readonly DeviceCredential[]> {
    const rows = await this.#db.selectFrom('device').selectAll().orderBy('device').execute();
    return rows.map((row) => ({
      device: row.device,
      passwordHash: row.password_hash,
      ...(row.former_password_hash === null || row.former_until === null
        ? {}
        : { formerPasswordHash: row.former_password_hash, formerUntil: row.former_until }),
      stations: JSON.parse(row.stations) as string[],
    }));
  }

  async save(credential: DeviceCredential): Promise<void> {
    await saveCredential(this.#db, credential);
  }

  async remove(device: string): Promise<void> {
    await this.#db.deleteFrom('device').where('device', '=', device).execute();
  }
}

/** Saves a credential, alone or inside another change's transaction. */
export async function saveCredential(db: Kysely<StateTables>, credential: DeviceCredential): Promise<void> {
  const row = {
    password_hash: credential.passwordHash,
    stations: JSON.stringify(credential.stations),
    former_password_hash: credential.formerPasswordHash ?? null,
    former_until: credential.formerUntil ?? null,
  };
  await db
    .insertInto('device')
    .values({ device: credential.device, ...row })
    .onConflict((conflict) => conflict.column('device').doUpdateSet(row))
    .execute();
}
