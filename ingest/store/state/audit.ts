import type { Kysely } from 'kysely';
import type { AuditRow, AuditStore } from '../ports/state.ts';
import type { StateTables } from './tables.ts';

/** Who did what and when; rows are only ever added. */
export class StoredAudit implements AuditStore {
  readonly #db: Kysely<StateTables>;

  constructor(db: Kysely<StateTables>) {
    this.#db = db;
  }

  async add(row: AuditRow): Promise<void> {
    await this.#db
      .insertInto('audit')
      .values({ at: row.at, user_name: row.user, action: row.action, subject: row.subject, detail: row.detail })
      .execute();
  }

  async list(query: { readonly before?: number; readonly limit: number }): Promise<readonly AuditRow[]> {
    let select = this.#db.selectFrom('audit').selectAll();
    if (query.before !== undefined) select = select.where('at', '<', query.before);
    const rows = await select.orderBy('at', 'desc').orderBy('id', 'desc').limit(query.limit).execute();
    return rows.map((row) => ({ at: row.at, user: row.user_name, action: row.action, subject: row.subject, detail: row.detail }));
  }
}
