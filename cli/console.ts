import { join } from 'node:path';
import { ConsoleServer } from '@clearbay/console-server/server.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { DistrictFeed } from '@clearbay/pipeline/live/district-feed.ts';
import { Explanations } from '@clearbay/pipeline/live/explanations.ts';
import { PlanTargets } from '@clearbay/pipeline/targets/plan-targets.ts';
import { noteRunning } from './backups/running-system.ts';
import type { Core } from './core.ts';
import type { Operations } from './desk.ts';
import { asUserFailure } from './failure.ts';
import type { Premises } from './premises.ts';
import { VERSION } from './status.ts';
import type { Stores } from './stores.ts';

const WEB_ROOT = join(import.meta.dirname, '..', 'console', 'web', 'dist');
const TARGETS_EVERY_MS = 60_000;

export interface Console {
  readonly url: string;
  readonly port: number;
  /** Judges the targets anew, when everything that came is in the long memory. */
  refreshTargets(): Promise<void>;
  clients(): number;
}

/** The API, the live push and the pages, with the targets that they show. */
export async function startConsole(
  { settings, district, data, clock, lifecycle, log }: Premises,
  { state, series }: Stores,
  { judging: { live, stored, standards }, status, metrics }: Core,
  { desk, bulk }: Operations,
): Promise<Console> {
  const targets = new PlanTargets({ district, standards, series });
  const feed = new DistrictFeed({
    live,
    district,
    kinds: KINDS,
    standards,
    series,
    clock,
    judgeTargets: (now) => targets.judge(now),
  });
  const { host, port, trustedOrigins } = settings.http;
  const web = new ConsoleServer({
    feed,
    series,
    state,
    desk,
    intake: bulk,
    explanations: new Explanations({ live, district, kinds: KINDS, standards, stored, targets, clock }),
    status: () => status.status(),
    health: () => status.health(),
    metrics: () => metrics.text(),
    webRoot: WEB_ROOT,
    listen: { host, port },
    clock,
    logger: log,
    info: { title: 'ClearBay', version: VERSION },
    trustedOrigins,
  });
  const address = await lifecycle.run(web).catch((error) => {
    throw asUserFailure(error, `HTTP port ${port} on ${host}`);
  });
  let forget = () => {};
  await lifecycle.run({
    start: () => {
      forget = noteRunning(data.root, address.url);
    },
    stop: () => forget(),
  });
  const judgeTargets = () => feed.refreshTargets().catch((error: Error) => log.error({ error: error.message }, 'targets'));
  lifecycle.every(TARGETS_EVERY_MS, () => void judgeTargets());
  const refreshTargets = () =>
    series.drained().then(judgeTargets, (error: Error) => log.warn({ error: error.message }, 'series not drained'));
  return { ...address, refreshTargets, clients: () => web.liveClients };
}
