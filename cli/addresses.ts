import type { Config } from '@clearbay/config/load.ts';
import type { Administrator } from '@clearbay/console-server/accounts/administrator.ts';
import type { Worker } from '@clearbay/pipeline/external/worker-share.ts';
import type { MqttPorts } from './intake.ts';
import type { Running } from './system.ts';

/** A URL without the credentials that it may carry. */
function withoutCredentials(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

const DOORS = { tcp: '', tls: ' (TLS)', ws: ' (WebSocket)', wss: ' (secure WebSocket)' } as const;

function doorsOf(host: string, ports: MqttPorts): string {
  const open = (['tcp', 'tls', 'ws', 'wss'] as const).filter((door) => ports[door] !== undefined);
  return open.map((door) => `${host}:${ports[door]}${DOORS[door]}`).join(', ');
}

function signIn(administrator: Administrator | undefined): string {
  if (administrator === undefined)
    return 'Nobody can sign in yet: start once with CLEARBAY_ADMIN_PASSWORD set to make the first administrator.';
  const { user, password } = administrator;
  return `Sign in  ${user}${password === undefined ? ', with the password you set' : ` / ${password}`}`;
}

function print({ district, settings }: Config, what: string, mqtt: string, last: readonly string[]): void {
  const { influxUrl } = settings.series;
  const lines = [
    `${district.name.zh} · ${district.name.en}${district.demonstration ? ' · 模拟 simulated devices' : ''}`,
    what,
    `MQTT     ${mqtt}`,
    ...(influxUrl === null ? [] : [`InfluxDB ${withoutCredentials(influxUrl)}`]),
    `Data     ${settings.data}`,
    ...last,
  ];
  process.stdout.write(`\n${lines.join('\n')}\n\nCtrl-C stops it.\n`);
}

function printLine(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ ...fields, pid: process.pid })}\n`);
}

/** Tells where the system can be reached and who can sign in; `json`: as one line for programs. */
export function printSystem(config: Config, { url, httpPort, mqttPorts, administrator }: Running, json: boolean): void {
  const { external, host } = config.settings.mqtt;
  const { user, password } = administrator ?? {};
  if (json)
    printLine({ url, httpPort, ...(external === undefined ? { mqttPort: mqttPorts.tcp, mqttPorts } : {}), user, password });
  else {
    const mqtt = external === undefined ? doorsOf(host, mqttPorts) : withoutCredentials(external.url);
    print(config, `Console  ${url}`, mqtt, [signIn(administrator)]);
  }
}

/** Tells what a worker takes, from where, and where its health and metrics are read, if anywhere. */
export function printWorker(config: Config, { index, count }: Worker, url: string | undefined, json: boolean): void {
  const { external } = config.settings.mqtt;
  if (json) printLine({ role: 'ingest', worker: `${index}/${count}`, ...(url === undefined ? {} : { url }) });
  else {
    const last = url === undefined ? [] : [`Health   ${url}/api/v1/health`, `Metrics  ${url}/metrics`];
    print(config, `Ingest   worker ${index} of ${count}`, external === undefined ? '' : withoutCredentials(external.url), last);
  }
}
