import type { Edition } from '@clearbay/domain/standards.ts';
import { UserFailure } from '../failure.ts';

const BY_DATE = 'by-date';

/** A name without its separators: `HJ 633-2012`, `hj633-2012` and `HJ633_2012` are the same. */
const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** Names of an edition: its id and label whole, and the ends of its id (`2012`, `2026-final`, `final`). */
function namesOf({ id, label }: Edition): string[] {
  const parts = id.split('-');
  return [label, ...parts.map((_part, index) => parts.slice(index).join('-'))].map(plain);
}

/**
 * The edition that a name stands for; undefined for none or `by-date`: each row by its own date. `more` gives further names of an edition,
 * such as those of the standards that go with it. A name that several editions share, or none has, fails with the names there are.
 */
export function namedEdition<E extends Edition>(
  editions: readonly E[],
  name: string | undefined,
  more: (edition: E) => readonly string[] = () => [],
): E | undefined {
  if (name === undefined || plain(name) === plain(BY_DATE)) return undefined;
  const wanted = plain(name);
  const found = editions.filter((edition) => [...namesOf(edition), ...more(edition).map(plain)].includes(wanted));
  if (found.length > 1) {
    throw new UserFailure(`"${name}" goes with several editions; name one: ${found.map(({ id }) => id).join(', ')}.`);
  }
  const [only] = found;
  if (only !== undefined) return only;
  const known = new Set(editions.flatMap((edition) => [edition.id, ...more(edition)]));
  throw new UserFailure(`There is no edition "${name}"; there are: ${[BY_DATE, ...known].join(', ')}.`);
}
