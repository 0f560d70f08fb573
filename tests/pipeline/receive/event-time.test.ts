import { BAD_TIME, NO_ZONE, parseEventTime } from '@clearbay/pipeline/receive/event-time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe('an event time', () => {
  test('of any instant and offset is read as the platform reads it', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2199-12-31T00:00:00Z'), noInvalidDate: true }),
        fc.integer({ min: -14 * 60 + 1, max: 14 * 60 }),
        (date, offset) => {
          const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
          const sign = offset < 0 ? '-' : '+';
          const two = (value: number) => String(value).padStart(2, '0');
          const zone = `${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
          fc.pre(Date.parse(local + zone) >= 0 && !local.startsWith('-'));
          expect(parseEventTime(local + zone)).toBe(Date.parse(local + zone));
          expect(parseEventTime((local + zone).replace('T', ' ').replace(/:(?=\d\d$)/, ''))).toBe(date.getTime());
          expect(parseEventTime(local)).toBe(NO_ZONE);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['2026-11-23T14:05:00+08:00', Date.UTC(2026, 10, 23, 6, 5)],
    ['2026-11-23T14:05+08', Date.UTC(2026, 10, 23, 6, 5)],
    ['2026-11-23T06:05:00.5Z', Date.UTC(2026, 10, 23, 6, 5, 0, 500)],
    ['2026-11-23T06:05:00.123456789Z', Date.UTC(2026, 10, 23, 6, 5, 0, 123)],
    ['2026-11-23T24:00:00+08:00', Date.UTC(2026, 10, 23, 16)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2026-11-23T14:05:00', NO_ZONE],
    ['2026-11-23 14:05', NO_ZONE],
    ['2026-02-29T00:00:00Z', BAD_TIME],
    ['2026-13-01T00:00:00Z', BAD_TIME],
    ['2026-11-31T00:00:00Z', BAD_TIME],
    ['2026-11-23T24:00:01Z', BAD_TIME],
    ['2026-11-23T14:60:00Z', BAD_TIME],
    ['2026-11-23T14:05:00.Z', BAD_TIME],
    ['2026-11-23T14:05:00+25:00', BAD_TIME],
    ['2026-11-23T14:05:00+8', BAD_TIME],
    ['2026-11-23', BAD_TIME],
    ['23/11/2026 14:05:00Z', BAD_TIME],
    ['٢٠٢٦-11-23T14:05:00Z', BAD_TIME],
  ])('%s is %d', (text, expected) => {
    expect(parseEventTime(text)).toBe(expected);
  });

  test('of any text at all is a number, never an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 45 }), (text) => {
        expect(Number.isNaN(parseEventTime(text))).toBe(false);
      }),
    );
  });
});
