import { type Kysely, sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';

async function createTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('condition')
    .addColumn('rule', 'text', (column) => column.notNull())
    .addColumn('station', 'text', (column) => column.notNull())
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('level', 'integer', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('watermark', 'bigint', (column) => column.notNull())
    .addColumn('easing_level', 'integer')
    .addColumn('easing_since', 'bigint')
    .addColumn('alert_id', 'text')
    .addPrimaryKeyConstraint('condition_key', ['rule', 'station', 'metric'])
    .execute();

  await db.schema
    .createTable('alert')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('rule', 'text', (column) => column.notNull())
    .addColumn('station', 'text', (column) => column.notNull())
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('view', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('alert_one_open_a_key')
    .unique()
    .on('alert')
    .columns(['rule', 'station', 'metric'])
    .where(sql.ref('closed_at'), 'is', null)
    .execute();
  await db.schema.createIndex('alert_by_time').on('alert').columns(['opened_at', 'id']).execute();
  await db.schema.createIndex('alert_by_station').on('alert').columns(['station', 'opened_at', 'id']).execute();

  await db.schema
    .createTable('outbox')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('alert_id', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addUniqueConstraint('outbox_once', ['alert_id', 'version'])
    .execute();

  await db.schema
    .createTable('account')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('token')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('user_name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .execute();
  await db.schema
    .createTable('device')
    .addColumn('device', 'text', (column) => column.primaryKey())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('stations', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('audit')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('user_name', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_by_time').on('audit').columns(['at']).execute();

  await db.schema
    .createTable('setting')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

/** What operators do with intake: claims of devices, rotated passwords, reviews, days given out and restated, imports. */
async function createIntakeTables(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('device').addColumn('former_password_hash', 'text').execute();
  await db.schema.alterTable('device').addColumn('former_until', 'bigint').execute();

  await db.schema
    .createTable('claim')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('code_hash', 'text', (column) => column.notNull().unique())
    .addColumn('stations', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('device', 'text')
    .addColumn('secret_hash', 'text', (column) => column.unique())
    .addColumn('redeemed_at', 'bigint')
    .addColumn('address', 'text')
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'bigint')
    .execute();
  await sql`CREATE UNIQUE INDEX claim_one_a_device ON claim (device) WHERE state IN ('pending', 'approved')`.execute(db);

  await db.schema
    .createTable('review')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('station', 'text', (column) => column.notNull())
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('to_at', 'bigint', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('changed', 'integer')
    .execute();
  await db.schema.createIndex('review_by_station').on('review').columns(['station', 'id']).execute();

  await db.schema
    .createTable('published_day')
    .addColumn('station', 'text', (column) => column.notNull())
    .addColumn('day', 'bigint', (column) => column.notNull())
    .addColumn('figure', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('published_day_key', ['station', 'day'])
    .execute();
  await db.schema
    .createTable('restatement')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('station', 'text', (column) => column.notNull())
    .addColumn('day', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('cause', 'text', (column) => column.notNull())
    .addColumn('person', 'text')
    .addColumn('reason', 'text')
    .addColumn('old_figure', 'text', (column) => column.notNull())
    .addColumn('new_figure', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('restatement_by_station').on('restatement').columns(['station', 'id']).execute();

  await db.schema
    .createTable('import_job')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('finished_at', 'bigint')
    .addColumn('job', 'text', (column) => column.notNull())
    .execute();
}

/** Answers to requests with an idempotency key. */
async function createAnswerTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('answer')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('bytes', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('answer_by_time').on('answer').columns(['at', 'key', 'bytes']).execute();
}

const NUMBERED: Readonly<Record<string, Migration>> = {
  '0001-tables': { up: createTables },
  '0002-intake': { up: createIntakeTables },
  '0003-answers': { up: createAnswerTable },
};

/** Numbered steps of the schema; a step that was released is never changed. */
export const stateMigrations: MigrationProvider = { getMigrations: async () => ({ ...NUMBERED }) };
