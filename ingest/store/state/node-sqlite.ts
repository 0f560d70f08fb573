import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** Compiled statements kept; kysely prepares each query anew. */
const STATEMENTS_KEPT = 200;

/**
 * Node's own SQLite in the shape that kysely's SQLite dialect drives. WAL and full synchronous: a committed alert survives
 * a loss of power. Throws what SQLite throws (`code` `ERR_SQLITE_ERROR`) where the file cannot be opened.
 */
export function openNodeSqlite(file: string): SqliteDatabase {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  const kept = new Map<string, SqliteStatement>();

  const prepare = (sql: string): SqliteStatement => {
    const statement = database.prepare(sql);
    const bound = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...bound(parameters)),
      run: (parameters) => statement.run(...bound(parameters)),
      iterate: (parameters) => statement.iterate(...bound(parameters)),
    };
  };

  return {
    close: () => database.close(),
    prepare: (sql) => {
      const known = kept.get(sql);
      if (known !== undefined) return known;
      const statement = prepare(sql);
      if (kept.size >= STATEMENTS_KEPT) kept.clear();
      kept.set(sql, statement);
      return statement;
    },
  };
}
