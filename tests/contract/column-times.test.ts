import type { PeriodLabels } from '@clearbay/contract/column-times.ts';
import { bindMappingWith, type ColumnMapping, readNumber } from '@clearbay/contract/columns.ts';
import { describe, expect, test } from 'vitest';

function mappingOf(format: string, columns: readonly string[] = ['time']): ColumnMapping {
  const values = [{ metric: 'v', columns: ['v'] }];
  return {
    id: 'm',
    kind: 'air',
    station: [],
    time: [{ columns, format, zone: '+08:00' }],
    values,
    missing: [],
    periodSeconds: 60,
  };
}

/** Moment that a cell of time is read as, in UTC; the fault of its row where it is not. */
function read(cell: unknown, format = 'iso', labels: PeriodLabels = 'none'): string {
  const row = bindMappingWith(mappingOf(format), ['time', 'v'], readNumber, labels)?.map([cell, 1]);
  if (row === undefined || 'fault' in row) return row?.fault ?? 'no mapper';
  return row.at === null ? 'no time' : new Date(row.at).toISOString();
}

const FAULT = 'the time cannot be read';

describe('times of ISO 8601 and their kin, Beijing time where they carry no zone', () => {
  test.each([
    ['2026-05-01', '2026-04-30T16:00:00.000Z'],
    ['2026-05-01 01:00', '2026-04-30T17:00:00.000Z'],
    ['2026-05-01T01', '2026-04-30T17:00:00.000Z'],
    ['2026-05-01T01:02:03.4567', '2026-04-30T17:02:03.456Z'],
    ['2026-05-01 01:00:00+08:00', '2026-04-30T17:00:00.000Z'],
    ['2026-05-01T01:00:00 +08:00', '2026-04-30T17:00:00.000Z'],
    ['2026-05-01T01:00:00-0330', '2026-05-01T04:30:00.000Z'],
    ['2026-05-01t01:00z', '2026-05-01T01:00:00.000Z'],
    ['2026/5/1 1:00', '2026-04-30T17:00:00.000Z'],
    [' 2026-05-01 01:00 ', '2026-04-30T17:00:00.000Z'],
    ['2026-05-01 24:00', '2026-05-01T16:00:00.000Z'],
    ['2024-02-29 01:00', '2024-02-28T17:00:00.000Z'],
    ['1777568400000', '2026-04-30T17:00:00.000Z'],
    [1_777_568_400_000, '2026-04-30T17:00:00.000Z'],
  ])('%s is %s', (cell, moment) => {
    expect(read(cell)).toBe(moment);
  });

  test.each([
    '2026-02-29 01:00',
    '2026-02-30',
    '2026-04-31T01:00',
    '2026-13-01',
    '2026-00-10',
    '2026-05-00',
    '0000-00-00',
    '2026-05-01 25:00',
    '2026-05-01 24:01',
    '2026-05-01 01:60',
    '2026-05-01 01:00:60',
    '2026-05-01 01:00 CST',
    '2026-05',
    '2026',
    '1777568400',
    '20260501010000',
    '0x19db8a1c000',
    'yesterday',
    '',
    ' ',
    null,
  ])('%s is none', (cell) => {
    expect(read(cell)).toBe(FAULT);
  });
});

describe('labels of periods', () => {
  test.each([
    ['2026', 'years', '2025-12-31T16:00:00.000Z'],
    [2026, 'years', '2025-12-31T16:00:00.000Z'],
    ['2026-05', 'years', '2026-04-30T16:00:00.000Z'],
    ['2026-05', 'months', '2026-04-30T16:00:00.000Z'],
    ['2026/5', 'months', '2026-04-30T16:00:00.000Z'],
    ['2026-05-31', 'months', '2026-05-30T16:00:00.000Z'],
    ['2026', 'months', FAULT],
    ['2026-13', 'years', FAULT],
  ] as const)('%s among %s begins at %s', (cell, labels, moment) => {
    expect(read(cell, 'iso', labels)).toBe(moment);
  });
});

describe('other formats', () => {
  test.each([
    ['yyyyMMdd HH', '20200402 08', '2020-04-02T00:00:00.000Z'],
    ['yyyyMMdd HH', '20200402 24', '2020-04-02T16:00:00.000Z'],
    ['yyyyMMdd HH', '20200230 08', FAULT],
    ['dd-MM-yyyy HH:mm:ss', '24-06-2020 00:59:59', '2020-06-23T16:59:59.000Z'],
    ['dd-MM-yyyy HH:mm:ss', '24-06-2020 00:60:00', FAULT],
    ['epoch-ms', '1777568400000', '2026-04-30T17:00:00.000Z'],
    ['epoch-ms', '0x10', FAULT],
  ])('%s reads %s as %s', (format, cell, moment) => {
    expect(read(cell, format)).toBe(moment);
  });

  test('a time over several columns', () => {
    const mapper = bindMappingWith(mappingOf('yyyyMMdd HH', ['Date', 'Hour']), ['Date', 'Hour', 'v'], readNumber);
    expect(mapper?.map(['20200402', '08', '5'])).toMatchObject({ at: Date.parse('2020-04-02T08:00:00+08:00'), values: { v: 5 } });
  });
});
