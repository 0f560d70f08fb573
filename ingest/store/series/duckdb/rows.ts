import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, type DuckDBValue, type DuckDBVector } from '@duckdb/node-api';

const CHUNK_ROWS = 2048;

type FillColumn = (vector: DuckDBVector, column: number, first: number, rows: number) => void;

/** Appends rows to a table column by column, inside the connection's open transaction. */
async function appendChunks(connection: DuckDBConnection, table: string, count: number, fill: FillColumn): Promise<void> {
  if (count === 0) return;
  const appender = await connection.createAppender(table);
  const types: DuckDBType[] = Array.from({ length: appender.columnCount }, (_, column) => appender.columnType(column));
  const chunk = DuckDBDataChunk.create(types);
  for (let first = 0; first < count; first += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, count - first);
    chunk.reset();
    chunk.rowCount = rows;
    for (let column = 0; column < types.length; column++) {
      const vector = chunk.getColumnVector(column);
      fill(vector, column, first, rows);
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

export function appendRows(
  connection: DuckDBConnection,
  table: string,
  count: number,
  cell: (row: number, column: number) => DuckDBValue,
): Promise<void> {
  return appendChunks(connection, table, count, (vector, column, first, rows) => {
    for (let row = 0; row < rows; row++) vector.setItem(row, cell(first + row, column));
  });
}

/** Appends rows of numbers, `width` cells each, in the order given. */
export function appendCells(
  connection: DuckDBConnection,
  table: string,
  cells: Float64Array,
  width: number,
  order: Uint32Array,
): Promise<void> {
  return appendChunks(connection, table, order.length, (vector, column, first, rows) => {
    for (let row = 0; row < rows; row++) vector.setItem(row, cells[(order[first + row] as number) * width + column] as number);
  });
}

/** Reads a result of numbers row by row into one array; NULL becomes NaN, true 1. */
export async function readNumbers(connection: DuckDBConnection, sql: string): Promise<Float64Array<ArrayBuffer>> {
  const result = await connection.run(sql);
  const chunks = await result.fetchAllChunks();
  const width = result.columnCount;
  const count = chunks.reduce((total, chunk) => total + chunk.rowCount, 0);
  const cells = new Float64Array(count * width);
  let first = 0;
  for (const chunk of chunks) {
    for (let column = 0; column < width; column++) {
      const vector = chunk.getColumnVector(column);
      for (let row = 0; row < vector.itemCount; row++) {
        const value = vector.getItem(row);
        cells[(first + row) * width + column] = value === null ? Number.NaN : Number(value);
      }
    }
    first += chunk.rowCount;
  }
  return cells;
}
