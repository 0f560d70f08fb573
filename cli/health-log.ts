import type { HealthView } from '@clearbay/contract/api.ts';
import type { Logger } from 'pino';
import type { Lifecycle } from './lifecycle.ts';

const EVERY_MS = 2000;

/** Writes down when the health changes, and why: a process without a console is known by its log. */
export function logHealth(health: () => HealthView, lifecycle: Lifecycle, log: Logger): void {
  let told = '';
  const tell = () => {
    const { state, reasons } = health();
    // A figure that moves within a reason is no news.
    const news = [state, ...reasons].join('\n').replace(/\d+/g, '#');
    if (news === told) return;
    if (state !== 'ok') log.warn({ state, reasons }, 'health');
    else if (told !== '') log.info({ state }, 'health');
    told = news;
  };
  tell();
  lifecycle.every(EVERY_MS, tell);
}
