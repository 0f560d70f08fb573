import type { Kysely } from 'kysely';
import type { ImportRow, ImportStore } from '../ports/intake.ts';
import type { StateTables } from './tables.ts';

const jobOf = ({ job }: { readonly job: string }) => JSON.parse(job) as ImportRow;

/** Imports and how far they are. */
export class StoredImports implements ImportStore {
  readonly #db: Kysely<StateTables>;

  constructor(db: Kysely<StateTables>) {
    this.#db = db;
  }

  async save(job: ImportRow): Promise<void> {
    const row = { created_at: job.createdAt, finished_at: job.finishedAt, job: JSON.stringify(job) };
    await this.#db
      .insertInto('import_job')
      .values({ id: job.id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  }

  async find(id: string): Promise<ImportRow | undefined> {
    const row = await this.#db.selectFrom('import_job').select('job').where('id', '=', id).executeTakeFirst();
    return row && jobOf(row);
  }

  async list(limit: number): Promise<readonly ImportRow[]> {
    const select = this.#db.selectFrom('import_job').select('job').orderBy('created_at', 'desc').orderBy('id');
    return (await select.limit(limit).execute()).map(jobOf);
  }

  async unfinished(): Promise<readonly ImportRow[]> {
    const select = this.#db.selectFrom('import_job').select('job').where('finished_at', 'is', null);
    return (await select.orderBy('created_at').orderBy('id').execute()).map(jobOf);
  }
}
