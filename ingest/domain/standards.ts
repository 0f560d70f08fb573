/** An edition of a standard and the span of data it governs. Dates are local days (Asia/Shanghai). */
export interface Edition {
  readonly id: string;
  /** As printed beside a figure, for example `GB 3095-2026 transition`. */
  readonly label: string;
  /** First day, YYYY-MM-DD. */
  readonly validFrom: string;
  /** Last day, YYYY-MM-DD; null while in force. */
  readonly validTo: string | null;
}

/**
 * The edition in force on a local date (YYYY-MM-DD): by the date of the data, never of the calculation. Before the first edition the first
 * holds. A RangeError where there is none, and on a date on which every edition has lapsed: a figure under one of those would be false.
 */
export function editionFor<E extends Edition>(editions: readonly E[], date: string): E {
  let [earliest] = editions;
  let chosen: E | undefined;
  for (const edition of editions) {
    const { validFrom, validTo } = edition;
    if (earliest === undefined || validFrom < earliest.validFrom) earliest = edition;
    const holds = validFrom <= date && (validTo === null || date <= validTo);
    if (holds && (chosen === undefined || validFrom >= chosen.validFrom)) chosen = edition;
  }
  if (earliest === undefined) throw new RangeError('no edition is configured');
  if (chosen !== undefined) return chosen;
  if (date < earliest.validFrom) return earliest;
  throw new RangeError(`no edition is in force on ${date}; there are ${editions.map(({ label }) => label).join(', ')}`);
}

/** An edition asked for by name; undefined where there is none of that name. */
export function editionById<E extends Edition>(editions: readonly E[], id: string): E | undefined {
  return editions.find((edition) => edition.id === id);
}

/** The edition asked for by id; undefined for none and for `by-date`, which both mean the one in force on the data's date. */
export function askedEdition(id: string | undefined): string | undefined {
  return id === 'by-date' ? undefined : id;
}
