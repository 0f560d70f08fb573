import type { Config } from '@clearbay/config/load.ts';
import { systemClock } from '@clearbay/contract/clock.ts';
import type { Worker } from '@clearbay/pipeline/external/worker-share.ts';
import { startCore } from './core.ts';
import { Lifecycle } from './lifecycle.ts';
import { openPremises } from './premises.ts';
import { openStores } from './stores.ts';

/** The role ingest: takes, keeps, judges and alerts on its share of the stations, without a console. */
export class IngestWorker {
  readonly #config: Config;
  readonly #worker: Worker;
  readonly #lifecycle = new Lifecycle();

  constructor(config: Config, worker: Worker) {
    this.#config = config;
    this.#worker = worker;
  }

  /** A failure stops what already runs. */
  async start(): Promise<void> {
    try {
      const premises = openPremises(this.#config, this.#worker, systemClock, this.#lifecycle);
      await startCore(premises, await openStores(premises), () => 0);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.#lifecycle.stop();
  }
}
