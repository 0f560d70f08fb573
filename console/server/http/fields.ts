import { offsetAt, startOfDate } from '@clearbay/domain/time.ts';
import { z } from 'zod';

/** Instants outside this span are typing errors, not data. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

const EPOCH = /^\d{1,14}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/;
const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

function parseInstant(given: string): number {
  if (EPOCH.test(given)) return Number(given);
  if (DATE.test(given)) return Number.isNaN(Date.parse(given)) ? Number.NaN : startOfDate(given);
  if (ZONED.test(given)) return Date.parse(given);
  if (!LOCAL.test(given)) return Number.NaN;
  const wall = Date.parse(`${given}Z`);
  if (Number.isNaN(wall)) return wall;
  return wall - offsetAt(wall - 8 * 3_600_000);
}

/** A moment in a query: ISO 8601, a date (local midnight) or epoch ms; without a zone it is Asia/Shanghai. Gives epoch ms. */
export const instant = z
  .string()
  .max(40)
  .transform((given, context) => {
    const at = parseInstant(given);
    if (at >= EARLIEST && at < LATEST) return at;
    context.issues.push({ code: 'custom', input: given, message: 'expected ISO 8601 time, YYYY-MM-DD or epoch ms' });
    return z.NEVER;
  })
  .describe('ISO 8601 time, YYYY-MM-DD or epoch ms; without a zone Asia/Shanghai');

/** A moment in a JSON body: as in a query, or epoch ms as a number. */
export const moment = z.union([z.int().min(EARLIEST).lt(LATEST), instant]);

/** A whole number in a query, within limits. */
export function whole(minimum: number, maximum: number) {
  return z
    .string()
    .transform((given, context) => {
      const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
      if (value >= minimum && value <= maximum) return value;
      context.issues.push({ code: 'custom', input: given, message: `expected a whole number from ${minimum} to ${maximum}` });
      return z.NEVER;
    })
    .meta({ type: 'integer', minimum, maximum });
}

/** Id of a station, metric, alert or rule: short, and nothing that could break out of a log line or a query. */
export const identifier = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_.:@+-]*$/u, 'expected letters, digits and _ . : @ + -');
