import type { Role } from '@clearbay/contract/api.ts';
import type { Kysely } from 'kysely';
import type { AccountStore, TokenRow, UserRow } from '../ports/state.ts';
import type { StateTables } from './tables.ts';

/** Users and the hashes of their tokens. */
export class StoredAccounts implements AccountStore {
  readonly #db: Kysely<StateTables>;

  constructor(db: Kysely<StateTables>) {
    this.#db = db;
  }

  async user(name: string): Promise<UserRow | undefined> {
    const row = await this.#db.selectFrom('account').selectAll().where('name', '=', name).executeTakeFirst();
    return row === undefined ? undefined : { name: row.name, role: row.role as Role, passwordHash: row.password_hash };
  }

  async users(): Promise<readonly Omit<UserRow, 'passwordHash'>[]> {
    const rows = await this.#db.selectFrom('account').select(['name', 'role']).orderBy('name').execute();
    return rows.map((row) => ({ name: row.name, role: row.role as Role }));
  }

  async saveUser(user: UserRow): Promise<void> {
    const row = { role: user.role, password_hash: user.passwordHash };
    await this.#db
      .insertInto('account')
      .values({ name: user.name, ...row })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
  }

  async saveToken(token: TokenRow): Promise<void> {
    const row = { role: token.role, user_name: token.user, created_at: token.createdAt, expires_at: token.expiresAt };
    await this.#db
      .insertInto('token')
      .values({ hash: token.hash, ...row })
      .onConflict((conflict) => conflict.column('hash').doUpdateSet(row))
      .execute();
  }

  async token(hash: string): Promise<TokenRow | undefined> {
    const row = await this.#db.selectFrom('token').selectAll().where('hash', '=', hash).executeTakeFirst();
    if (row === undefined) return undefined;
    return { hash, role: row.role as Role, user: row.user_name, createdAt: row.created_at, expiresAt: row.expires_at };
  }

  async removeToken(hash: string): Promise<void> {
    await this.#db.deleteFrom('token').where('hash', '=', hash).execute();
  }
}
