import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';
import { assessed, judged } from './assessed.ts';

let lots: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-lots-'));
  lots = join(folder, 'lots.csv');
  await writeFile(lots, 'place_id,place_name,num_all\nnorth,"North\nGarage",100\n"south, old",South,40\nwest,West,\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const WIDE = ['--columns', 'parking-wide'];

describe('assess parking --columns parking-wide', () => {
  test('writes one row for each lot with a cell, with the capacities of a file of lots', async () => {
    const text = 'timestamp,north,"south, old",west\n2026-05-01T00:00:02+00:00,25,-3,7\n2026-05-01T00:15:02+00:00,, ,6\n';
    const rows = await judged('parking', text, ...WIDE, '--lots', lots);
    expect(rows.map((row) => [row.timestamp, row.station, row.free, row.occupancy, row.guidance, row.clamped])).toEqual([
      ['2026-05-01T00:00:02+00:00', 'north', '25', '0.75', 'tight', '0'],
      ['2026-05-01T00:00:02+00:00', 'south, old', '-3', '1', 'full', '-3'],
      ['2026-05-01T00:00:02+00:00', 'west', '7', 'NA', 'none', '0'],
      ['2026-05-01T00:15:02+00:00', 'west', '6', 'NA', 'none', '0'],
    ]);
  });

  test('JSON lines come out as JSON lines', async () => {
    const input = '{"timestamp":"2026-05-01T00:00:02+00:00","north":25,"west":null}\n';
    const { stdout, stderr } = await clearbay(['assess', 'parking', ...WIDE, '--lots', lots], { input });
    expect(stderr).toBe('');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ timestamp: '2026-05-01T00:00:02+00:00', station: 'north', free: 25, occupancy: 0.75, guidance: 'tight' }]);
  });

  test('tells a row without a time once, and a bad cell with its lot', async () => {
    const text = 'timestamp,north,west\nyesterday,1,2\n2026-05-01T00:00:02+00:00,many,2.5\n2026-05-01T00:15:02+00:00,1\n';
    const { rows, told } = await assessed('parking', text, ...WIDE, '--lots', lots);
    expect(told).toEqual([
      'line 2: the time cannot be read',
      'line 3: north: "many" in free is not a number',
      'line 3: west: "2.5" in free is no number of bays; taken as missing',
      'line 4: 2 cells where the header has 3',
    ]);
    expect(rows.map((row) => [row.timestamp, row.station, row.free, row.guidance])).toEqual([
      ['yesterday', '', '', ''],
      ['2026-05-01T00:00:02+00:00', 'north', 'many', ''],
      ['2026-05-01T00:00:02+00:00', 'west', '2.5', 'none'],
      ['2026-05-01T00:15:02+00:00', '', '', ''],
    ]);
  });

  test('a file without a time is no such table', async () => {
    const { told } = await assessed('parking', 'place_id,num_all\nnorth,100\n', ...WIDE);
    expect(told).toEqual(['line 2: no column of the mapping is in this row']);
  });

  test('capacities of other files stand in columns of the same names', async () => {
    const own = join(folder, 'own.csv');
    await writeFile(own, 'station,capacity\np,50\n');
    const rows = await judged('parking', 'station,free\np,10\nq,10\n', '--lots', own);
    expect(rows.map((row) => [row.station, row.occupancy])).toEqual([
      ['p', '0.8'],
      ['q', 'NA'],
    ]);
  });

  test('a file of lots without lots is refused', async () => {
    const other = join(folder, 'other.csv');
    await writeFile(other, 'name,bays\np,50\n');
    const { code, stderr } = await clearbay(['assess', 'parking', ...WIDE, '--lots', other], { input: '' });
    expect([code, stderr]).toEqual([1, `${other} names no lots: the columns place_id and num_all are expected.\n`]);
  });
});
