import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { AnswerStore, ClaimStore, DayStore, ImportStore, ReviewStore } from '../ports/intake.ts';
import type { AccountStore, AlertStore, AuditStore, DeviceStore, StateStore } from '../ports/state.ts';
import { StoredAccounts } from './accounts.ts';
import { StoredAlerts } from './alerts.ts';
import { StoredAnswers } from './answers.ts';
import { StoredAudit } from './audit.ts';
import { StoredClaims } from './claims.ts';
import { StoredDays } from './days.ts';
import { StoredDevices } from './devices.ts';
import { StoredImports } from './imports.ts';
import { stateMigrations } from './migrations.ts';
import { openNodeSqlite } from './node-sqlite.ts';
import { StoredReviews } from './reviews.ts';
import { storedSettings } from './settings.ts';
import type { StateTables } from './tables.ts';

/**
 * The state of one installation in one SQLite file (its folder must exist). Calls run on the calling thread in short transactions;
 * `start()` opens the file and brings its schema up to date, and throws where it cannot.
 */
export class SqliteState implements StateStore {
  readonly alerts: AlertStore;
  readonly accounts: AccountStore;
  readonly devices: DeviceStore;
  readonly claims: ClaimStore;
  readonly reviews: ReviewStore;
  readonly days: DayStore;
  readonly imports: ImportStore;
  readonly answers: AnswerStore;
  readonly audit: AuditStore;
  readonly settings: StateStore['settings'];
  readonly #db: Kysely<StateTables>;

  constructor(file: string) {
    this.#db = new Kysely<StateTables>({ dialect: new SqliteDialect({ database: async () => openNodeSqlite(file) }) });
    this.alerts = new StoredAlerts(this.#db);
    this.accounts = new StoredAccounts(this.#db);
    this.devices = new StoredDevices(this.#db);
    this.claims = new StoredClaims(this.#db);
    this.reviews = new StoredReviews(this.#db);
    this.days = new StoredDays(this.#db);
    this.imports = new StoredImports(this.#db);
    this.answers = new StoredAnswers(this.#db);
    this.audit = new StoredAudit(this.#db);
    this.settings = storedSettings(this.#db);
  }

  async start(): Promise<void> {
    const { error } = await new Migrator({ db: this.#db, provider: stateMigrations }).migrateToLatest();
    if (error !== undefined) throw new Error('the state store could not be opened or brought up to date', { cause: error });
  }

  async stop(): Promise<void> {
    await this.#db.destroy();
  }
}
