import { type Edition, editionFor } from '@clearbay/domain/standards.ts';
import { describe, expect, test } from 'vitest';

const edition = (id: string, validFrom: string, validTo: string | null): Edition => ({ id, label: id, validFrom, validTo });
const OLD = edition('old', '2012-01-01', '2026-02-28');
const NOW = edition('now', '2026-03-01', '2030-12-31');

describe('the edition of a date', () => {
  test.each([
    ['2012-01-01', 'old'],
    ['2026-02-28', 'old'],
    ['2026-03-01', 'now'],
    ['2030-12-31', 'now'],
    // Nothing is known from before the first.
    ['2001-01-01', 'old'],
  ])('%s is judged by %s, in whatever order they stand', (date, id) => {
    expect(editionFor([OLD, NOW], date).id).toBe(id);
    expect(editionFor([NOW, OLD], date).id).toBe(id);
  });

  test('a lapsed edition judges nothing', () => {
    expect(() => editionFor([OLD, NOW], '2031-01-01')).toThrow('no edition is in force on 2031-01-01; there are old, now');
    expect(() => editionFor([OLD, edition('later', '2027-01-01', null)], '2026-05-01')).toThrow(
      /no edition is in force on 2026-05-01/,
    );
    expect(() => editionFor([], '2026-05-01')).toThrow('no edition is configured');
  });

  test('of two in force the younger holds', () => {
    expect(editionFor([edition('a', '2012-01-01', null), edition('b', '2026-03-01', null)], '2026-03-01').id).toBe('b');
  });
});
