import { loadConfig } from '@clearbay/config/load.ts';
import type { HealthView, StatusView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import { System } from '../../cli/system.ts';
import type { Installation } from './mortal-system.ts';

/** The whole system inside the test's process, where its clock and its kinds can be reached. */
export class StagedSystem {
  readonly #installation: Installation;
  readonly #system: System;
  #url = '';
  #mqttPort = 0;

  constructor(installation: Installation, clock?: Clock) {
    const { configFile, data } = installation;
    this.#installation = installation;
    this.#system = new System({
      config: loadConfig(configFile, { httpPort: 0, mqttPort: 0, data }, {}),
      simulators: false,
      history: false,
      ...(clock && { clock }),
    });
  }

  get mqttPort(): number {
    return this.#mqttPort;
  }

  async start(): Promise<void> {
    const { url, mqttPorts } = await this.#system.start();
    this.#url = url;
    this.#mqttPort = mqttPorts.tcp ?? 0;
  }

  stop(): Promise<void> {
    return this.#system.stop();
  }

  async api<View>(path: string): Promise<View> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${this.#installation.token}` },
    });
    return (await response.json()) as View;
  }

  health(): Promise<HealthView> {
    return this.api('/health');
  }

  status(): Promise<StatusView> {
    return this.api('/status');
  }
}
