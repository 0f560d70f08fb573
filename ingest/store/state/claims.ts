import type { DeviceCredential } from '@clearbay/contract/gate.ts';
import type { Kysely, Selectable } from 'kysely';
import type { ClaimRow, ClaimState, ClaimStore } from '../ports/intake.ts';
import { saveCredential } from './devices.ts';
import type { StateTables } from './tables.ts';

function claimOf(row: Selectable<StateTables['claim']>): ClaimRow {
  return {
    id: row.id,
    codeHash: row.code_hash,
    stations: JSON.parse(row.stations) as string[],
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    state: row.state as ClaimState,
    device: row.device,
    secretHash: row.secret_hash,
    redeemedAt: row.redeemed_at,
    address: row.address,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
  };
}

/** One-time claims of devices. */
export class StoredClaims implements ClaimStore {
  readonly #db: Kysely<StateTables>;

  constructor(db: Kysely<StateTables>) {
    this.#db = db;
  }

  async add(claim: Parameters<ClaimStore['add']>[0]): Promise<void> {
    await this.#db
      .insertInto('claim')
      .values({
        id: claim.id,
        code_hash: claim.codeHash,
        stations: JSON.stringify(claim.stations),
        created_by: claim.createdBy,
        created_at: claim.createdAt,
        expires_at: claim.expiresAt,
        state: 'open',
      })
      .execute();
  }

  async list(limit: number): Promise<readonly ClaimRow[]> {
    const rows = await this.#db
      .selectFrom('claim')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(claimOf);
  }

  async redeem({ codeHash, device, secretHash, address, at }: Parameters<ClaimStore['redeem']>[0]) {
    return await this.#db.transaction().execute(async (transaction) => {
      const claim = await transaction
        .selectFrom('claim')
        .select('id')
        .where('code_hash', '=', codeHash)
        .where('state', '=', 'open')
        .where('expires_at', '>', at)
        .executeTakeFirst();
      if (claim === undefined) return 'unknown';
      const other = await transaction
        .selectFrom('claim')
        .select('id')
        .where('device', '=', device)
        .where('state', 'in', ['pending', 'approved'])
        .executeTakeFirst();
      if (other !== undefined) return 'taken';
      await transaction
        .updateTable('claim')
        .set({ state: 'pending', device, secret_hash: secretHash, redeemed_at: at, address })
        .where('id', '=', claim.id)
        .execute();
      return 'redeemed';
    });
  }

  async decide({ device, state, by, at }: Parameters<ClaimStore['decide']>[0]): Promise<ClaimRow | undefined> {
    const row = await this.#db
      .updateTable('claim')
      .set({ state, decided_by: by, decided_at: at })
      .where('device', '=', device)
      .where('state', '=', 'pending')
      .returningAll()
      .executeTakeFirst();
    return row && claimOf(row);
  }

  async bySecret(secretHash: string): Promise<ClaimRow | undefined> {
    const row = await this.#db.selectFrom('claim').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst();
    return row && claimOf(row);
  }

  async collect(id: string, credential: DeviceCredential): Promise<boolean> {
    return await this.#db.transaction().execute(async (transaction) => {
      const row = await transaction
        .updateTable('claim')
        .set({ state: 'collected' })
        .where('id', '=', id)
        .where('state', '=', 'approved')
        .returning('id')
        .executeTakeFirst();
      if (row === undefined) return false;
      await saveCredential(transaction, credential);
      return true;
    });
  }
}
