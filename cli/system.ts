import type { Config } from '@clearbay/config/load.ts';
import { type Administrator, ensureAdministrator } from '@clearbay/console-server/accounts/administrator.ts';
import { type Clock, systemClock } from '@clearbay/contract/clock.ts';
import { localDate, startOfDate } from '@clearbay/domain/time.ts';
import type { ProgressBoard } from '@clearbay/pipeline/live/progress.ts';
import { type Console, startConsole } from './console.ts';
import { type Core, startCore } from './core.ts';
import { openDesk } from './desk.ts';
import { type DemoPasswords, demoPasswords } from './device-credentials.ts';
import { UserFailure } from './failure.ts';
import { giveBackMemory } from './give-back-memory.ts';
import type { MqttPorts } from './intake.ts';
import { Lifecycle } from './lifecycle.ts';
import { openPremises, type Premises } from './premises.ts';
import { EVERY_STATION } from './role.ts';
import { Simulators } from './simulators.ts';
import { openStores, type Stores } from './stores.ts';

export interface SystemOptions {
  readonly config: Config;
  readonly simulators: boolean;
  readonly history: boolean;
  readonly adminPassword?: string;
  readonly clock?: Clock;
}

export interface Running {
  readonly url: string;
  readonly httpPort: number;
  /** Ports of the embedded broker; none with a broker outside. */
  readonly mqttPorts: MqttPorts;
  readonly administrator: Administrator | undefined;
  readonly progress: ProgressBoard;
}

/** One process with every room. It and the files it is split into are the only place that names concrete adapters. */
export class System {
  readonly #options: SystemOptions;
  readonly #lifecycle = new Lifecycle();

  constructor(options: SystemOptions) {
    this.#options = options;
  }

  /** Starts from the inside out; a failure stops what already runs and is told as a sentence where people can mend it. */
  async start(): Promise<Running> {
    try {
      return await this.#startAll();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops in reverse order. */
  stop(): Promise<void> {
    return this.#lifecycle.stop();
  }

  async #startAll(): Promise<Running> {
    const { config, clock = systemClock, adminPassword } = this.#options;
    const premises = openPremises(config, EVERY_STATION, clock, this.#lifecycle);
    const { district, data } = premises;
    const stores = await openStores(premises);
    const demo = district.demonstration;
    const administrator = await ensureAdministrator(stores.state, { password: adminPassword, demo }, clock);
    const passwords = demo ? await demoPasswords(data.demoDevices, district, stores.state.devices) : {};

    let web: Console | undefined;
    const core = await startCore(premises, stores, () => web?.clients() ?? 0);
    web = await startConsole(premises, stores, core, await openDesk(premises, stores, core));
    void web.refreshTargets().then(giveBackMemory);
    const { url } = core.intake;
    if (demo && this.#options.simulators && url !== undefined) {
      await this.#lifecycle.run(this.#simulators(premises, stores, core, web, { url, passwords }));
    }
    return { url: web.url, httpPort: web.port, mqttPorts: core.intake.ports, administrator, progress: core.progress };
  }

  #simulators(
    premises: Premises,
    stores: Stores,
    core: Core,
    web: Console,
    way: { readonly url: string; readonly passwords: DemoPasswords },
  ): Simulators {
    const { district, settings, clock, log } = premises;
    const year = localDate(clock.now()).slice(0, 4);
    return new Simulators({
      order: { district, seed: settings.simulator.seed, ...way },
      historyFrom: settings.simulator.history && this.#options.history ? startOfDate(`${year}-01-01`) : null,
      settings: stores.state.settings,
      progress: core.progress,
      onFilled: () => void Promise.all([web.refreshTargets(), core.judging.refreshHistory()]).then(giveBackMemory),
      onFailure: (what) => log.error({ what }, 'simulators'),
    });
  }
}

/** Says in a sentence what a start failed on, where it is something people can mend. */
export function startFailure(error: unknown): unknown {
  if (error instanceof UserFailure) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'password.refused' ? new UserFailure((error as Error).message) : error;
}
