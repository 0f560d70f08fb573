import type { Config } from '@clearbay/config/load.ts';
import { OperationServer } from '@clearbay/console-server/operation-server.ts';
import { systemClock } from '@clearbay/contract/clock.ts';
import type { Worker } from '@clearbay/pipeline/external/worker-share.ts';
import { type Core, startCore } from './core.ts';
import { asUserFailure } from './failure.ts';
import { Lifecycle } from './lifecycle.ts';
import { openPremises, type Premises } from './premises.ts';
import { openStores, type Stores } from './stores.ts';

/** The role ingest: takes, keeps, judges and alerts on its share of the stations, without a console. */
export class IngestWorker {
  readonly #config: Config;
  readonly #worker: Worker;
  readonly #lifecycle = new Lifecycle();

  constructor(config: Config, worker: Worker) {
    this.#config = config;
    this.#worker = worker;
  }

  /** A failure stops what already runs. Gives the address of health and metrics, where the settings ask for one. */
  async start(): Promise<string | undefined> {
    try {
      const premises = openPremises(this.#config, this.#worker, systemClock, this.#lifecycle);
      const stores = await openStores(premises);
      return await this.#openOperation(premises, stores, await startCore(premises, stores, () => 0));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #openOperation(
    { settings, clock, lifecycle, log }: Premises,
    { state }: Stores,
    { status, metrics }: Core,
  ): Promise<string | undefined> {
    const { host } = settings.http;
    const port = settings.ingest.httpPort;
    if (port === null) return undefined;
    const server = new OperationServer({
      state,
      health: () => status.health(),
      status: () => status.status(),
      metrics: () => metrics.text(),
      listen: { host, port },
      clock,
      logger: log,
    });
    const { url } = await lifecycle.run(server).catch((error) => {
      throw asUserFailure(error, `HTTP port ${port} on ${host}`);
    });
    return url;
  }

  stop(): Promise<void> {
    return this.#lifecycle.stop();
  }
}
