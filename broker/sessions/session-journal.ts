import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { StoredPacket, StoredSubscription, StoredWill } from './session-store.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS session (client TEXT PRIMARY KEY, user TEXT NOT NULL, seen INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subscription (client TEXT NOT NULL, topic TEXT NOT NULL, qos INTEGER NOT NULL, PRIMARY KEY (client, topic)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS retained (topic TEXT PRIMARY KEY, payload BLOB NOT NULL, qos INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS retained_by (topic TEXT PRIMARY KEY, user TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queued (id INTEGER PRIMARY KEY, client TEXT NOT NULL, broker TEXT NOT NULL, counter INTEGER NOT NULL, message INTEGER,
  topic TEXT NOT NULL, payload BLOB NOT NULL, qos INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS queued_client ON queued (client, broker, counter);
CREATE TABLE IF NOT EXISTS will (client TEXT PRIMARY KEY, broker TEXT NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL, qos INTEGER NOT NULL, retain INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

const STATEMENTS = {
  session: 'INSERT INTO session VALUES (?, ?, ?) ON CONFLICT (client) DO UPDATE SET user = excluded.user, seen = excluded.seen',
  dropSession: 'DELETE FROM session WHERE client = ?',
  subscribe: 'INSERT INTO subscription VALUES (?, ?, ?) ON CONFLICT (client, topic) DO UPDATE SET qos = excluded.qos',
  unsubscribe: 'DELETE FROM subscription WHERE client = ? AND topic = ?',
  dropSubscriptions: 'DELETE FROM subscription WHERE client = ?',
  retain:
    'INSERT INTO retained VALUES (?, ?, ?) ON CONFLICT (topic) DO UPDATE SET payload = excluded.payload, qos = excluded.qos',
  clearRetained: 'DELETE FROM retained WHERE topic = ?',
  retainedBy: 'INSERT INTO retained_by VALUES (?, ?) ON CONFLICT (topic) DO UPDATE SET user = excluded.user',
  retainedByNone: 'DELETE FROM retained_by WHERE topic = ?',
  enqueue: 'INSERT INTO queued (client, broker, counter, message, topic, payload, qos, at) VALUES (?, ?, ?, NULL, ?, ?, ?, ?)',
  number: 'UPDATE queued SET message = ? WHERE client = ? AND broker = ? AND counter = ?',
  dequeue: 'DELETE FROM queued WHERE client = ? AND broker = ? AND counter = ?',
  dropQueue: 'DELETE FROM queued WHERE client = ?',
  will: 'INSERT OR REPLACE INTO will VALUES (?, ?, ?, ?, ?, ?)',
  dropWill: 'DELETE FROM will WHERE client = ?',
} as const;

type Change = { readonly statement: keyof typeof STATEMENTS; readonly values: readonly SQLInputValue[] };

export interface SavedSession {
  readonly client: string;
  readonly user: string;
  readonly seen: number;
}

export interface SavedQueued {
  readonly client: string;
  readonly packet: StoredPacket;
  readonly at: number;
}

const blob = (payload: Buffer | string): Buffer => (typeof payload === 'string' ? Buffer.from(payload) : payload);

/**
 * Sessions, retained messages, queues and wills on disk. Changes of one turn of the event loop are one transaction, in WAL mode
 * with `synchronous = NORMAL`: a killed process loses nothing that was committed, and no turn waits for the disk. (Readings do not
 * pass here; a lost power supply may cost the last moments of session state, which every client restores when it connects.)
 */
export class SessionJournal {
  readonly #path: string;
  #database: DatabaseSync | undefined;
  #statements = new Map<keyof typeof STATEMENTS, StatementSync>();
  #changes: Change[] = [];
  #commit: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  open(): void {
    const database = new DatabaseSync(this.#path);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec(SCHEMA);
    for (const [name, sql] of Object.entries(STATEMENTS))
      this.#statements.set(name as keyof typeof STATEMENTS, database.prepare(sql));
    this.#database = database;
  }

  close(): void {
    this.#flush();
    this.#database?.close();
    this.#database = undefined;
  }

  sessions(): SavedSession[] {
    return this.#all('SELECT client, user, seen FROM session').map((row) => ({
      client: String(row.client),
      user: String(row.user),
      seen: Number(row.seen),
    }));
  }

  subscriptions(): { client: string; subscription: StoredSubscription }[] {
    return this.#all('SELECT client, topic, qos FROM subscription').map((row) => ({
      client: String(row.client),
      subscription: { topic: String(row.topic), qos: Number(row.qos) as 0 | 1 | 2 },
    }));
  }

  retained(): StoredPacket[] {
    return this.#all('SELECT topic, payload, qos FROM retained').map((row) => packetOf(row, true));
  }

  retainedOwners(): { topic: string; user: string }[] {
    return this.#all('SELECT topic, user FROM retained_by').map((row) => ({ topic: String(row.topic), user: String(row.user) }));
  }

  queued(): SavedQueued[] {
    return this.#all('SELECT client, broker, counter, message, topic, payload, qos, at FROM queued ORDER BY id').map((row) => ({
      client: String(row.client),
      at: Number(row.at),
      packet: {
        ...packetOf(row, false),
        brokerId: String(row.broker),
        brokerCounter: Number(row.counter),
        ...(row.message === null ? {} : { messageId: Number(row.message) }),
      },
    }));
  }

  wills(): { client: string; broker: string; will: StoredWill }[] {
    return this.#all('SELECT client, broker, topic, payload, qos, retain FROM will').map((row) => ({
      client: String(row.client),
      broker: String(row.broker),
      will: packetOf(row, Number(row.retain) === 1),
    }));
  }

  /** Writes a change with the others of this turn; resolves when it is committed. */
  write(statement: Change['statement'], ...values: readonly (SQLInputValue | Buffer | string)[]): Promise<void> {
    this.#changes.push({ statement, values: values as readonly SQLInputValue[] });
    this.#commit ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          this.#flush();
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    return this.#commit;
  }

  retain(packet: StoredPacket): Promise<void> {
    const payload = blob(packet.payload);
    if (payload.length === 0) return this.write('clearRetained', packet.topic);
    return this.write('retain', packet.topic, payload, packet.qos);
  }

  enqueue(client: string, packet: StoredPacket, at: number): Promise<void> {
    return this.write(
      'enqueue',
      client,
      packet.brokerId ?? '',
      packet.brokerCounter ?? 0,
      packet.topic,
      blob(packet.payload),
      packet.qos,
      at,
    );
  }

  putWill(client: string, broker: string, will: StoredWill): Promise<void> {
    return this.write('will', client, broker, will.topic, blob(will.payload), will.qos, will.retain ? 1 : 0);
  }

  #all(sql: string): Record<string, unknown>[] {
    return this.#database?.prepare(sql).all() ?? [];
  }

  #flush(): void {
    const changes = this.#changes;
    this.#changes = [];
    this.#commit = undefined;
    if (changes.length === 0 || this.#database === undefined) return;
    this.#database.exec('BEGIN');
    try {
      for (const { statement, values } of changes) this.#statements.get(statement)?.run(...values);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function packetOf(row: Record<string, unknown>, retain: boolean): StoredPacket {
  return {
    cmd: 'publish',
    topic: String(row.topic),
    payload: Buffer.from(row.payload as Uint8Array),
    qos: Number(row.qos) as 0 | 1 | 2,
    retain,
    dup: false,
  };
}
