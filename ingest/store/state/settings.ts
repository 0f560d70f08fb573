import type { Kysely } from 'kysely';
import type { StateStore } from '../ports/state.ts';
import type { StateTables } from './tables.ts';

/** Small documents by key. */
export function storedSettings(db: Kysely<StateTables>): StateStore['settings'] {
  return {
    get: async (key) => (await db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst())?.value,
    set: async (key, value) => {
      await db
        .insertInto('setting')
        .values({ key, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute();
    },
  };
}
