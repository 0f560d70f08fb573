import type { LotColumns } from '@clearbay/contract/columns.ts';
import { parseDecimal } from '@clearbay/domain/decimal-text.ts';
import { UserFailure } from '../failure.ts';
import { openInput } from './rows.ts';

const placeOf = (header: readonly string[], names: readonly string[]) => header.findIndex((name) => names.includes(name));

/** Bays by the name of the lot, from a file with one row a lot; a lot without a whole positive number has no entry. Fails where the columns are not there. */
export async function lotCapacities(file: string, columns: LotColumns): Promise<ReadonlyMap<string, number>> {
  const capacities = new Map<string, number>();
  let isKnown = false;
  const { batches } = await openInput(file);
  for await (const batch of batches) {
    for (const { header, cells } of batch) {
      const [lot, bays] = [placeOf(header, columns.station), placeOf(header, columns.capacity)];
      if (lot < 0 || bays < 0) continue;
      isKnown = true;
      const capacity = parseDecimal(String(cells[bays] ?? ''));
      if (capacity !== undefined && capacity > 0 && Number.isInteger(capacity))
        capacities.set(String(cells[lot]).trim(), capacity);
    }
  }
  if (!isKnown) {
    const wanted = `${columns.station.join(' or ')} and ${columns.capacity.join(' or ')}`;
    throw new UserFailure(`${file} names no lots: the columns ${wanted} are expected.`);
  }
  return capacities;
}
