import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ColumnMapping } from '@clearbay/contract/columns.ts';
import { type RecordedRow, recordedRows } from '@clearbay/simulators/recorded-rows.ts';
import { replay } from '@clearbay/simulators/replay.ts';
import type { WireReading } from '@clearbay/simulators/wire.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const LONG: ColumnMapping = {
  id: 'long',
  kind: 'flood',
  station: ['站点'],
  time: [{ columns: ['时间'], format: 'dd-MM-yyyy HH:mm', zone: '+08:00' }],
  values: [{ metric: 'level', columns: ['水位'], factor: 0.01 }],
  missing: ['--'],
  periodSeconds: 3600,
};
const WIDE: ColumnMapping = {
  ...LONG,
  id: 'wide',
  kind: 'parking',
  station: [],
  time: [{ columns: ['timestamp'], format: 'iso', zone: '+00:00' }],
  values: [],
  wide: { metric: 'free' },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-replay-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function all(rows: AsyncIterable<RecordedRow>): Promise<RecordedRow[]> {
  const list: RecordedRow[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

describe('recorded files', () => {
  test('CSV by a mapping: zone, factor, missing values, quoted line breaks; faults by line', async () => {
    const path = await file(
      'long.csv',
      '\uFEFF站点,时间,水位,注\n甲,01-02-2026 08:00,123,"两\n行"\n乙,31-02-2026 08:00,1,\n甲,01-02-2026 09:00,--,\n甲,01-02-2026 10:00,x,\n,01-02-2026 10:00,5,\n',
    );
    const faults: string[] = [];
    const rows = await all(recordedRows({ path, mapping: LONG, onFault: (line, reason) => faults.push(`${line} ${reason}`) }));
    expect(rows).toEqual([{ source: '甲', at: Date.parse('2026-02-01T08:00:00+08:00'), values: { level: 1.23 } }]);
    expect(faults).toEqual(['4 the time cannot be read', '6 "x" in 水位 is not a number', '7 the row names no station']);
  });

  test('wide CSV: every column is a station, an empty cell says nothing', async () => {
    const path = await file('wide.csv', 'timestamp,a,b\n2026-01-01T00:00:00,5,\n2026-01-01T00:15:00,,7\n');
    const at = Date.UTC(2026, 0, 1);
    expect(await all(recordedRows({ path, mapping: WIDE }))).toEqual([
      { source: 'a', at, values: { free: 5 } },
      { source: 'b', at: at + 900_000, values: { free: 7 } },
    ]);
  });

  test('JSON lines, each with its own columns', async () => {
    const path = await file(
      'long.jsonl',
      '{"站点":"甲","时间":"01-02-2026 08:00","水位":250}\nnonsense\n\n{"水位":1,"时间":"01-02-2026 08:00"}\n',
    );
    const faults: number[] = [];
    const rows = await all(recordedRows({ path, mapping: LONG, onFault: (line) => faults.push(line) }));
    expect(rows.map((row) => row.values.level)).toEqual([2.5]);
    expect(faults).toEqual([2, 4]);
  });

  test('a file without the columns, and one that is not there, are errors', async () => {
    const path = await file('other.csv', 'a,b\n1,2\n');
    await expect(all(recordedRows({ path, mapping: LONG }))).rejects.toThrow('none of the columns');
    await expect(all(recordedRows({ path: join(folder, 'absent.csv'), mapping: LONG }))).rejects.toThrow('ENOENT');
    await expect(all(recordedRows({ path: join(folder, 'absent.jsonl'), mapping: LONG }))).rejects.toThrow('ENOENT');
  });
});

describe('a replay', () => {
  async function* rows(count: number, everyMs: number): AsyncGenerator<RecordedRow> {
    for (let index = 0; index < count; index += 1)
      yield { source: index % 3 === 2 ? 'other' : 'a', at: index * everyMs, values: { level: index } };
  }

  test('as fast as it goes packs readings and leaves unknown stations out', async () => {
    const sent: WireReading[] = [];
    let publishes = 0;
    const result = await replay({
      rows: rows(3000, 1000),
      deviceOf: (source) => (source === 'a' ? 'dev-a' : undefined),
      periodMs: 1000,
      speed: Number.POSITIVE_INFINITY,
      historical: true,
      send: async (device, payload) => {
        expect(device).toBe('dev-a');
        publishes += 1;
        sent.push(...(JSON.parse(payload) as WireReading[]));
      },
    });
    expect(result).toEqual({ sent: 2000, left: 1000 });
    expect(publishes).toBe(4);
    expect(sent.map((reading) => reading.at)).toEqual(sent.map((reading) => reading.at).toSorted((a, b) => a - b));
    expect(sent[0]).toEqual({ at: 0, values: { level: 0 }, periodMs: 1000, historical: true });
  });

  test('keeps the recorded pace times its speed', async () => {
    const moments: number[] = [];
    const begun = performance.now();
    await replay({
      rows: rows(5, 60_000),
      deviceOf: () => 'dev',
      periodMs: 60_000,
      speed: 600,
      send: async () => void moments.push(performance.now() - begun),
    });
    expect(moments).toHaveLength(5);
    expect(moments[4]).toBeGreaterThan(390);
    expect(moments[4]).toBeLessThan(1500);
  });

  test('ends when aborted, in the middle of a wait', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const result = await replay({
      rows: rows(5, 3_600_000),
      deviceOf: () => 'dev',
      periodMs: 1000,
      speed: 1,
      send: async () => {},
      signal: stop.signal,
    });
    expect(result.sent).toBeLessThan(5);
  });
});
