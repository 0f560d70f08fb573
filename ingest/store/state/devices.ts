import type { DeviceCredential } from '@clearbay/contract/gate.ts';
import { type Kysely, sql, type Transaction } from 'kysely';
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

  async version(): Promise<string> {
    const row = await this.#db.selectFrom('setting').select('value').where('key', '=', VERSION_KEY).executeTakeFirst();
    return row?.value ?? '0';
  }

  async save(credential: DeviceCredential): Promise<void> {
    await this.#db.transaction().execute((transaction) => saveCredential(transaction, credential));
  }

  async remove(device: string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('device').where('device', '=', device).execute();
      await raiseVersion(transaction);
    });
  }
}

const VERSION_KEY = 'devices.version';

/** Counts a change, in its own transaction. */
async function raiseVersion(transaction: Transaction<StateTables>): Promise<void> {
  await transaction
    .insertInto('setting')
    .values({ key: VERSION_KEY, value: '1' })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: sql`cast(cast(setting.value as bigint) + 1 as text)` }))
    .execute();
}

/** Saves a credential inside a change's transaction. */
export async function saveCredential(db: Transaction<StateTables>, credential: DeviceCredential): Promise<void> {
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
  await raiseVersion(db);
}
