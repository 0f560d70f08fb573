import { type Clock, systemClock } from '@clearbay/contract/clock.ts';
import { ReasonLimiter } from '@clearbay/pipeline/observe/reason-limiter.ts';
import pino, { type DestinationStream, type Logger } from 'pino';

/** Warnings and worse that have a cause: the broker's errors, poison, stores that are away. */
const isLimited = (level: number) => level >= 40;

/** What repeats: figures in a message are no other cause. */
function causeOf(fields: unknown): string | undefined {
  if (typeof fields !== 'object' || fields === null || !('error' in fields)) return undefined;
  return String(fields.error).replace(/\d+/g, '#');
}

/**
 * Structured lines. A warning or error with an `error` comes at most once in ten seconds for each message and error, and says
 * how many of it were `suppressed`.
 */
export function openLogger(level: string, destination: DestinationStream, clock: Clock = systemClock): Logger {
  const limiter = new ReasonLimiter();
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: {
        logMethod(args, method, severity) {
          const [fields, message] = args as unknown[];
          const cause = isLimited(severity) ? causeOf(fields) : undefined;
          const suppressed = cause === undefined ? 0 : limiter.admit(`${message} ${cause}`, clock.now());
          if (suppressed === undefined) return;
          if (suppressed > 0) method.apply(this, [{ ...(fields as object), suppressed }, String(message)]);
          else method.apply(this, args);
        },
      },
    },
    destination,
  );
}
