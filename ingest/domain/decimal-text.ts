/** An optional sign, digits with at most one point, an exponent. Hexadecimal and "Infinity", which JavaScript also reads, are no figures of a file. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a text is in decimal notation, blanks around it left aside; undefined for an empty text, for anything else and for what is too large. */
export function parseDecimal(text: string): number | undefined {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}
