import type { Kysely } from 'kysely';
import type { AnsweredRow, AnswerStore } from '../ports/intake.ts';
import type { StateTables } from './tables.ts';

/** Answers by idempotency key. */
export class StoredAnswers implements AnswerStore {
  readonly #db: Kysely<StateTables>;

  constructor(db: Kysely<StateTables>) {
    this.#db = db;
  }

  async find(key: string): Promise<AnsweredRow | undefined> {
    const select = this.#db.selectFrom('answer').select(['key', 'at', 'digest', 'answer']);
    return select.where('key', '=', key).executeTakeFirst();
  }

  async save(
    { key, at, digest, answer }: AnsweredRow,
    { since, rows, bytes }: Parameters<AnswerStore['save']>[1],
  ): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      const row = { at, digest, answer, bytes: answer.length };
      await db
        .insertInto('answer')
        .values({ key, ...row })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
        .execute();
      await db.deleteFrom('answer').where('at', '<', since).execute();
      const kept = await db.selectFrom('answer').select(['key', 'bytes']).orderBy('at', 'desc').orderBy('key').execute();
      let total = 0;
      const surplus = kept.filter((known, index) => {
        total += known.bytes;
        return index >= rows || total > bytes;
      });
      for (const known of surplus) await db.deleteFrom('answer').where('key', '=', known.key).execute();
    });
  }
}
