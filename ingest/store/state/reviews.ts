import type { Kysely, Selectable } from 'kysely';
import type { ReviewRow, ReviewStore } from '../ports/intake.ts';
import type { StateTables } from './tables.ts';

function reviewOf(row: Selectable<StateTables['review']>): ReviewRow {
  return {
    id: row.id,
    station: row.station,
    metric: row.metric,
    from: row.from_at,
    to: row.to_at,
    action: row.action as ReviewRow['action'],
    person: row.person,
    reason: row.reason,
    at: row.at,
    changed: row.changed,
  };
}

/** What people decided of stored values; rows are only added and finished. */
export class StoredReviews implements ReviewStore {
  readonly #db: Kysely<StateTables>;

  constructor(db: Kysely<StateTables>) {
    this.#db = db;
  }

  async add({ station, metric, from, to, action, person, reason, at }: Parameters<ReviewStore['add']>[0]): Promise<number> {
    const { id } = await this.#db
      .insertInto('review')
      .values({ station, metric, from_at: from, to_at: to, action, person, reason, at })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  async finish(id: number, changed: number): Promise<void> {
    await this.#db.updateTable('review').set({ changed }).where('id', '=', id).execute();
  }

  async all(): Promise<readonly ReviewRow[]> {
    return (await this.#db.selectFrom('review').selectAll().orderBy('id').execute()).map(reviewOf);
  }

  async list({ station, before, limit }: Parameters<ReviewStore['list']>[0]): Promise<readonly ReviewRow[]> {
    let select = this.#db.selectFrom('review').selectAll().where('station', '=', station);
    if (before !== undefined) select = select.where('id', '<', before);
    return (await select.orderBy('id', 'desc').limit(limit).execute()).map(reviewOf);
  }
}
