/** Servers outside this process, as options and environment name them. */
export interface OutsideServers {
  readonly brokerUrl?: string;
  readonly brokerPassword?: string;
  readonly influxUrl?: string;
  readonly influxPassword?: string;
}

/** `CLEARBAY_BROKER_URL`, `CLEARBAY_BROKER_PASSWORD`, `CLEARBAY_INFLUX_URL` and `CLEARBAY_INFLUX_PASSWORD`. */
export function serversInEnvironment(environment: NodeJS.ProcessEnv): OutsideServers {
  return {
    brokerUrl: environment.CLEARBAY_BROKER_URL || undefined,
    brokerPassword: environment.CLEARBAY_BROKER_PASSWORD || undefined,
    influxUrl: environment.CLEARBAY_INFLUX_URL || undefined,
    influxPassword: environment.CLEARBAY_INFLUX_PASSWORD || undefined,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/**
 * The settings of a file with these servers put in, before they are checked, so that one check serves file, environment and
 * options. A password alone names no server.
 */
export function withServers(settings: Fields, servers: OutsideServers): Fields {
  const mqtt = settings.mqtt === undefined ? {} : fieldsOf(settings.mqtt);
  const series = settings.series === undefined ? {} : fieldsOf(settings.series);
  // What is no mapping is left for the check to name.
  if (mqtt === undefined || series === undefined) return settings;
  const external = { ...fieldsOf(mqtt.external), ...present({ url: servers.brokerUrl, password: servers.brokerPassword }) };
  const influx = present({ influxUrl: servers.influxUrl, influxPassword: servers.influxPassword });
  return {
    ...settings,
    ...('url' in external ? { mqtt: { ...mqtt, external } } : {}),
    ...(Object.keys(influx).length > 0 ? { series: { ...series, ...influx } } : {}),
  };
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
