import type { Logger } from 'pino';

/** What the console server needs of pino. */
export type ServerLogger = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
