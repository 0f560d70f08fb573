import type { DayFigureView, RestatementCause } from '@clearbay/contract/api.ts';
import type { Kysely } from 'kysely';
import type { DayStore, PublishedDay, RestatementRow } from '../ports/intake.ts';
import type { StateTables } from './tables.ts';

const ROWS_A_STATEMENT = 200;

/** Days as they were given out, and the record of how they changed. */
export class StoredDays implements DayStore {
  readonly #db: Kysely<StateTables>;

  constructor(db: Kysely<StateTables>) {
    this.#db = db;
  }

  async published(station: string, from: number, until: number): Promise<readonly PublishedDay[]> {
    const rows = await this.#db
      .selectFrom('published_day')
      .selectAll()
      .where('station', '=', station)
      .where('day', '>=', from)
      .where('day', '<', until)
      .orderBy('day')
      .execute();
    return rows.map((row) => ({ ...row, figure: JSON.parse(row.figure) as DayFigureView }));
  }

  async publish(days: readonly PublishedDay[]): Promise<void> {
    for (let start = 0; start < days.length; start += ROWS_A_STATEMENT) {
      await this.#db
        .insertInto('published_day')
        .values(
          days.slice(start, start + ROWS_A_STATEMENT).map(({ station, day, figure, at }) => ({
            station,
            day,
            figure: JSON.stringify(figure),
            at,
          })),
        )
        .onConflict((conflict) => conflict.columns(['station', 'day']).doNothing())
        .execute();
    }
  }

  async restate(restatements: readonly Omit<RestatementRow, 'id'>[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (const { station, day, at, cause, person, reason, old, new: now } of restatements) {
        const [old_figure, new_figure] = [JSON.stringify(old), JSON.stringify(now)];
        await transaction
          .insertInto('restatement')
          .values({ station, day, at, cause, person, reason, old_figure, new_figure })
          .execute();
        await transaction
          .updateTable('published_day')
          .set({ figure: new_figure, at })
          .where('station', '=', station)
          .where('day', '=', day)
          .execute();
      }
    });
  }

  async restatements(query: Parameters<DayStore['restatements']>[0]): Promise<readonly RestatementRow[]> {
    const { station, from, until, before, limit } = query;
    let select = this.#db.selectFrom('restatement').selectAll();
    if (station !== undefined) select = select.where('station', '=', station);
    if (from !== undefined) select = select.where('day', '>=', from);
    if (until !== undefined) select = select.where('day', '<', until);
    if (before !== undefined) select = select.where('id', '<', before);
    const rows = await select.orderBy('id', 'desc').limit(limit).execute();
    return rows.map(({ old_figure, new_figure, cause, ...row }) => ({
      ...row,
      cause: cause as RestatementCause,
      old: JSON.parse(old_figure) as DayFigureView,
      new: JSON.parse(new_figure) as DayFigureView,
    }));
  }
}
