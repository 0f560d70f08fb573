import type { Station } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import fc from 'fast-check';

/** Finite numbers at which arithmetic breaks, and the ends of what a metric may be. */
function extremes([min, max]: readonly [number, number]): fc.Arbitrary<number> {
  const span = max - min;
  return fc.oneof(
    fc.constantFrom(0, -0, 5e-324, -5e-324, 1e-9, 2 ** 53, -(2 ** 53), 1.7e308, -1.7e308, 9_007_199_254.740993, 1e15 + 0.3),
    fc.constantFrom(min, max, min + span / 3, max - span * Number.EPSILON, min - 1, max + 1),
    fc.double({ min, max, noNaN: true }),
  );
}

/** Everything that a device of this station may say by the contract. */
export function messages(station: Station, now: number): fc.Arbitrary<readonly object[]> {
  const kind = KINDS.get(station.kind);
  if (kind === undefined) throw new Error(`no kind "${station.kind}"`);
  const values = fc
    .record(Object.fromEntries(kind.metrics.map(({ id, range }) => [id, extremes(range)])), { requiredKeys: [] })
    .filter((record) => Object.keys(record).length > 0);
  const marks = fc.dictionary(
    fc.constantFrom(...kind.metrics.map(({ id }) => id)),
    fc.constantFrom('N', 'F', 'M', 'D', 'C', 'T', 'B'),
  );
  const message = fc.record(
    {
      values,
      at: fc.oneof(
        fc.integer({ min: -6 * HOUR_MS, max: 0 }),
        fc.integer({ min: -7 * DAY_MS, max: DAY_MS }),
        fc.constantFrom(-HOUR_MS, -(now % HOUR_MS), -(now % MINUTE_MS), 0),
      ),
      flags: marks,
      ...(station.kind === 'parking' && { bay: fc.constantFrom('A-001', 'A-002', 'B-1') }),
      periodMs: fc.constantFrom(1, 1000, 60_000, HOUR_MS, DAY_MS),
      historical: fc.boolean(),
      correction: fc.boolean(),
      rev: fc.constantFrom(0, 1, 2 ** 31),
    },
    { requiredKeys: ['values', 'at'] },
  );
  return fc.array(
    message.map(({ at, ...rest }) => ({ ...rest, at: now + at })),
    { minLength: 1, maxLength: 25 },
  );
}
