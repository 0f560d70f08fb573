import { readFileSync } from 'node:fs';
import { Broker } from '@clearbay/broker/broker.ts';
import type { ListenAddress, ListenOptions, TlsFiles } from '@clearbay/broker/listeners.ts';
import { ConfigError } from '@clearbay/config/faults.ts';
import { listenerFileFaults } from '@clearbay/config/listener-files.ts';
import type { Settings } from '@clearbay/config/schema/settings.ts';
import type { CredentialSource, MqttPublisher, ReadingGate } from '@clearbay/contract/gate.ts';
import { ExternalBroker } from '@clearbay/pipeline/external/external-broker.ts';
import type { Figure } from '@clearbay/pipeline/observe/metrics.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import { asUserFailure, UserFailure } from './failure.ts';
import { embeddedFigures, externalFigures } from './intake-figures.ts';
import { MqttAccounts } from './mqtt-accounts.ts';
import { brokerLimitsOf } from './mqtt-limits.ts';
import type { Premises } from './premises.ts';

export type MqttPorts = Readonly<Partial<Record<keyof ListenOptions, number>>>;

/** Where readings come in and judgements go out. */
export interface Intake {
  readonly publisher: MqttPublisher;
  /** For the simulated devices; absent where the embedded broker is reached over TLS alone. */
  readonly url?: string;
  /** Ports of the embedded broker, by listener. */
  readonly ports: MqttPorts;
  /** Ends the live connections of a user, where the broker is ours; gives their number. */
  disconnect(user: string): number;
  stats(): { readonly clients: number; readonly refused: Readonly<Record<string, number>> };
  /** For the metrics. */
  readonly figures: readonly Figure[];
  troubles(): readonly string[];
}

export interface IntakeParts {
  readonly gate: ReadingGate;
  readonly credentials: CredentialSource;
  readonly state: StateStore;
  readonly isKnownDevice: (device: string) => boolean;
  /** The broker may have lost what it retained. */
  onForgotten(): void;
}

const SESSION_KEY = 'mqtt.session';

/** Opens the embedded broker, or connects to the one of the settings. */
export function startIntake(premises: Premises, parts: IntakeParts): Promise<Intake> {
  return premises.settings.mqtt.external === undefined ? startEmbedded(premises, parts) : startExternal(premises, parts);
}

type SecureDoor = NonNullable<Settings['mqtt']['tls']>;

function secureDoor(host: string, { port, certFile, keyFile, caFile, clientCertificates }: SecureDoor): ListenAddress & TlsFiles {
  return { host, port, cert: certFile, key: keyFile, ...(caFile === undefined ? {} : { ca: caFile }), clientCertificates };
}

function listenOptions({ host, port, webSocketPort, tls, wss }: Settings['mqtt']): ListenOptions {
  return {
    ...(port === null ? {} : { tcp: { host, port } }),
    ...(webSocketPort === null ? {} : { ws: { host, port: webSocketPort } }),
    ...(tls ? { tls: secureDoor(host, tls) } : {}),
    ...(wss ? { wss: secureDoor(host, wss) } : {}),
  };
}

/** Where a client on this machine reaches the broker without a certificate. */
function localUrl(host: string, { tcp, ws }: MqttPorts): { readonly url?: string } {
  const local = host === '0.0.0.0' ? '127.0.0.1' : host;
  if (tcp !== undefined) return { url: `mqtt://${local}:${tcp}` };
  return ws === undefined ? {} : { url: `ws://${local}:${ws}/mqtt` };
}

async function startEmbedded({ settings, data, clock, lifecycle, log }: Premises, parts: IntakeParts): Promise<Intake> {
  const faults = listenerFileFaults(settings);
  if (faults.length > 0) throw new ConfigError(faults);
  const { host, limits } = settings.mqtt;
  const broker = new Broker({
    listen: listenOptions(settings.mqtt),
    gate: parts.gate,
    credentials: parts.credentials,
    accounts: new MqttAccounts(parts.state.accounts),
    sessionsFile: data.sessions,
    limits: brokerLimitsOf(limits),
    clock,
    log,
  });
  const bound = await lifecycle.run(broker).catch((error: Error & { readonly port?: number }) => {
    throw asUserFailure(error, `MQTT port ${error.port ?? settings.mqtt.port} on ${host}`);
  });
  const ports = Object.fromEntries(Object.entries(bound).map(([door, { port }]) => [door, port])) as MqttPorts;
  return {
    publisher: broker,
    ...localUrl(host, ports),
    ports,
    disconnect: (user) => broker.revoke(user),
    stats: () => broker.stats(),
    figures: embeddedFigures(() => broker.stats()),
    troubles: () => [],
  };
}

function authorityOf(file: string | undefined): { ca?: Buffer } {
  if (file === undefined) return {};
  try {
    return { ca: readFileSync(file) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserFailure(`The authority of the MQTT broker (mqtt.external.ca) cannot be read: ${reason}.`, { cause: error });
  }
}

async function startExternal(
  { settings, district, worker, clock, lifecycle, log }: Premises,
  parts: IntakeParts,
): Promise<Intake> {
  const { external } = settings.mqtt;
  if (external === undefined) throw new Error('no external broker is set');
  const { url, username, password, clientId: base, ca } = external;
  const clientId = worker.count === 1 ? base : `${base}-${worker.index}-of-${worker.count}`;
  const session = `${clientId} at ${new URL(url).host}`;
  const broker = new ExternalBroker({
    account: {
      url,
      clientId,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...authorityOf(ca),
    },
    stations: district.stations.map((station) => station.id),
    isKnownDevice: parts.isKnownDevice,
    gate: parts.gate,
    clock,
    hadSession: (await parts.state.settings.get(SESSION_KEY)) === session,
    onSession: () =>
      void parts.state.settings
        .set(SESSION_KEY, session)
        .catch((error: Error) => log.error({ error: error.message }, 'the session with the MQTT broker could not be noted')),
    onForgotten: () => {
      log.error({ session }, 'the MQTT broker had forgotten our session');
      parts.onForgotten();
    },
  });
  await lifecycle.run(broker);
  return {
    publisher: broker,
    url,
    ports: {},
    disconnect: () => 0,
    stats: () => broker.stats(),
    figures: externalFigures(() => broker.stats()),
    troubles: () => broker.troubles(),
  };
}
