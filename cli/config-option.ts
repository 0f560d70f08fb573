import { type Config, loadConfig } from '@clearbay/config/load.ts';
import { UserFailure } from './failure.ts';

export interface ConfigOptions {
  readonly config?: string;
  readonly httpPort?: string;
  readonly mqttPort?: string;
  readonly data?: string;
  readonly broker?: string;
  readonly influx?: string;
}

function port(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new UserFailure(`${name} ${text} is not a port (0 to 65535).`);
  return value;
}

/** The configuration that a command asked for; throws ConfigError with every fault. */
export function configFrom(options: ConfigOptions): Config {
  return loadConfig(options.config, {
    httpPort: port('--http-port', options.httpPort),
    mqttPort: port('--mqtt-port', options.mqttPort),
    data: options.data,
    brokerUrl: options.broker,
    influxUrl: options.influx,
  });
}
