import type { AlertView } from '@clearbay/contract/api.ts';
import type { AlertLevel } from '@clearbay/domain/alerts/signal.ts';
import type { Kysely, Transaction } from 'kysely';
import type { AlertChange, AlertStore, ConditionRow, OutboxRow } from '../ports/state.ts';
import type { StateTables } from './tables.ts';

/** Rows a statement carries: 10 parameters each stay far below what any database binds. */
const ROWS_A_STATEMENT = 200;

function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) yield rows.slice(start, start + ROWS_A_STATEMENT);
}

function keyOf(key: AlertChange['key']): string {
  return JSON.stringify([key.rule, key.station, key.metric]);
}

function viewOf(row: { readonly view: string }): AlertView {
  return JSON.parse(row.view) as AlertView;
}

async function saveConditions(transaction: Transaction<StateTables>, changes: readonly AlertChange[]): Promise<void> {
  // A statement may touch a row once only (PostgreSQL); of several changes of a key the last one counts.
  const last = [...new Map(changes.map((change) => [keyOf(change.key), change])).values()];
  for (const { key, condition } of last) {
    if (condition !== null) continue;
    await transaction
      .deleteFrom('condition')
      .where('rule', '=', key.rule)
      .where('station', '=', key.station)
      .where('metric', '=', key.metric)
      .execute();
  }
  for (const rows of chunks(last.flatMap(({ condition }) => (condition === null ? [] : [condition])))) {
    await transaction
      .insertInto('condition')
      .values(
        rows.map((row) => ({
          rule: row.rule,
          station: row.station,
          metric: row.metric,
          phase: row.phase,
          level: row.level,
          since: row.since,
          watermark: row.watermark,
          easing_level: row.easing?.level ?? null,
          easing_since: row.easing?.since ?? null,
          alert_id: row.alertId,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['rule', 'station', 'metric']).doUpdateSet((excluded) => ({
          phase: excluded.ref('excluded.phase'),
          level: excluded.ref('excluded.level'),
          since: excluded.ref('excluded.since'),
          watermark: excluded.ref('excluded.watermark'),
          easing_level: excluded.ref('excluded.easing_level'),
          easing_since: excluded.ref('excluded.easing_since'),
          alert_id: excluded.ref('excluded.alert_id'),
        })),
      )
      .execute();
  }
}

async function saveAlerts(transaction: Transaction<StateTables>, changes: readonly AlertChange[]): Promise<void> {
  const last = new Map<string, AlertView>();
  for (const { alert } of changes) if (alert !== null) last.set(alert.id, alert);
  // Endings first, so that a key's next alert finds the place free.
  const alerts = [...last.values()].sort((a, b) => Number(a.closedAt === null) - Number(b.closedAt === null));
  for (const rows of chunks(alerts)) {
    await transaction
      .insertInto('alert')
      .values(
        rows.map((alert) => ({
          id: alert.id,
          rule: alert.rule,
          station: alert.station,
          metric: alert.metric,
          opened_at: alert.openedAt,
          closed_at: alert.closedAt,
          version: alert.version,
          view: JSON.stringify(alert),
        })),
      )
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet((excluded) => ({
            closed_at: excluded.ref('excluded.closed_at'),
            version: excluded.ref('excluded.version'),
            view: excluded.ref('excluded.view'),
          }))
          .whereRef('alert.version', '<', 'excluded.version'),
      )
      .execute();
  }
}

async function saveOutbox(transaction: Transaction<StateTables>, changes: readonly AlertChange[]): Promise<void> {
  const notices = changes.flatMap(({ alert, notify }) => (alert !== null && notify ? [alert] : []));
  for (const alerts of chunks(notices)) {
    await transaction
      .insertInto('outbox')
      .values(alerts.map((alert) => ({ alert_id: alert.id, version: alert.version, payload: JSON.stringify(alert) })))
      .onConflict((conflict) => conflict.columns(['alert_id', 'version']).doNothing())
      .execute();
  }
}

/** Alerts and their conditions in any database that kysely speaks to. */
export class StoredAlerts implements AlertStore {
  readonly #db: Kysely<StateTables>;

  constructor(db: Kysely<StateTables>) {
    this.#db = db;
  }

  async conditions(): Promise<readonly ConditionRow[]> {
    const rows = await this.#db.selectFrom('condition').selectAll().execute();
    return rows.map((row) => ({
      rule: row.rule,
      station: row.station,
      metric: row.metric,
      phase: row.phase,
      level: row.level as AlertLevel,
      since: row.since,
      watermark: row.watermark,
      easing:
        row.easing_level === null || row.easing_since === null
          ? null
          : { level: row.easing_level as AlertLevel, since: row.easing_since },
      alertId: row.alert_id,
    }));
  }

  async apply(changes: readonly AlertChange[]): Promise<void> {
    if (changes.length === 0) return;
    await this.#db.transaction().execute(async (transaction) => {
      await saveConditions(transaction, changes);
      await saveAlerts(transaction, changes);
      await saveOutbox(transaction, changes);
    });
  }

  async open(): Promise<readonly AlertView[]> {
    const rows = await this.#db
      .selectFrom('alert')
      .select('view')
      .where('closed_at', 'is', null)
      .orderBy('opened_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(viewOf);
  }

  async find(id: string): Promise<AlertView | undefined> {
    const row = await this.#db.selectFrom('alert').select('view').where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : viewOf(row);
  }

  async history(query: {
    readonly station?: string;
    readonly before?: number;
    readonly limit: number;
  }): Promise<readonly AlertView[]> {
    let select = this.#db.selectFrom('alert').select('view');
    if (query.station !== undefined) select = select.where('station', '=', query.station);
    if (query.before !== undefined) select = select.where('opened_at', '<', query.before);
    const rows = await select.orderBy('opened_at', 'desc').orderBy('id').limit(query.limit).execute();
    return rows.map(viewOf);
  }

  async outbox(limit: number): Promise<readonly OutboxRow[]> {
    const rows = await this.#db.selectFrom('outbox').selectAll().orderBy('id').limit(limit).execute();
    return rows.map((row) => ({ id: row.id, alertId: row.alert_id, version: row.version, payload: row.payload }));
  }

  async sent(ids: readonly number[]): Promise<void> {
    for (const some of chunks(ids)) await this.#db.deleteFrom('outbox').where('id', 'in', some).execute();
  }
}
