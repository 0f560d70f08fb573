import type { Clock } from '@clearbay/contract/clock.ts';
import type { MqttPublisher, ReadingGate } from '@clearbay/contract/gate.ts';
import { topics } from '@clearbay/contract/topics.ts';
import type { BackOffOptions } from './back-off.ts';
import { DeviceRoll } from './device-roll.ts';
import { type IntakeCounters, type IntakeLimits, MessageIntake } from './message-intake.ts';
import { type BrokerAccount, SessionLink } from './session-link.ts';
import { WayOut } from './way-out.ts';

export interface ExternalBrokerOptions {
  readonly account: BrokerAccount;
  /** Stations whose readings are taken. */
  readonly stations: readonly string[];
  readonly isKnownDevice: (device: string) => boolean;
  readonly gate: ReadingGate;
  readonly clock: Clock;
  /** Whether the broker should already hold our session: an earlier run was subscribed. */
  readonly hadSession: boolean;
  /** The broker holds our session from now on. */
  onSession(): void;
  /** The broker had forgotten our session, and perhaps what it retained. */
  onForgotten(): void;
  readonly limits?: Partial<IntakeLimits>;
  readonly backOff?: Partial<BackOffOptions>;
}

export interface ExternalBrokerStats extends Readonly<IntakeCounters> {
  /** Devices that say they are online. */
  readonly clients: number;
  readonly inFlight: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Times the broker had forgotten our session. */
  readonly forgotten: number;
}

const START_WITHIN_MS = 5000;
const ANSWER_WITHIN_MS = 1500;
const FORGOTTEN_WORTH_TELLING_MS = 3_600_000;

/**
 * A broker of somebody else's in the place of the embedded one. It authenticates the devices, so a message's topic says who speaks;
 * it holds the messages of our session while we are away. Each is acknowledged only after the ledger has committed it.
 */
export class ExternalBroker implements MqttPublisher {
  readonly #options: ExternalBrokerOptions;
  readonly #address: string;
  readonly #intake: MessageIntake;
  readonly #roll: DeviceRoll;
  readonly #link: SessionLink;
  readonly #wayOut = new WayOut();
  #hadSession: boolean;
  #forgotten = 0;
  #forgottenAt: number | undefined;

  constructor(options: ExternalBrokerOptions) {
    const { account, stations, gate, clock, limits, backOff } = options;
    this.#options = options;
    this.#hadSession = options.hadSession;
    const { protocol, host } = new URL(account.url);
    this.#address = `MQTT broker ${protocol}//${host}`;
    this.#roll = new DeviceRoll(options.isKnownDevice);
    this.#intake = new MessageIntake({
      gate,
      clock,
      roll: this.#roll,
      onUncommitted: () => this.#link.drop(),
      ...(limits === undefined ? {} : { limits }),
    });
    this.#link = new SessionLink({
      account,
      filters: {
        atLeastOnce: stations.map((station) => topics.readings('+', station, '+')),
        // Retained, and so told anew at each subscription: nothing needs to be held for us.
        atMostOnce: [topics.status('+')],
      },
      events: {
        message: (packet, client, next) => this.#intake.take(packet, client.stream, next),
        opened: (client) => this.#wayOut.opened(client),
        subscribed: (hadSession) => this.#subscribed(hadSession),
        closed: () => this.#wayOut.closed(),
      },
      ...(backOff === undefined ? {} : { backOff }),
    });
  }

  /** Resolves when subscribed, or soon after where the broker is away; then it is tried for as long as it takes. */
  start(): Promise<void> {
    return this.#link.start(START_WITHIN_MS);
  }

  /** Answers what was taken, then leaves. */
  async stop(): Promise<void> {
    await this.#intake.close(ANSWER_WITHIN_MS);
    await this.#link.stop();
    this.#wayOut.closed();
  }

  publish(topic: string, payload: string, options: { readonly retain: boolean; readonly qos: 0 | 1 }): Promise<void> {
    return this.#wayOut.publish(topic, payload, options);
  }

  stats(): ExternalBrokerStats {
    const { counters, inFlight } = this.#intake;
    return {
      ...counters,
      inFlight,
      clients: this.#roll.online,
      refused: this.#intake.refused(),
      forgotten: this.#forgotten,
    };
  }

  /** What is not as it should be, as sentences. */
  troubles(): readonly string[] {
    const { error, refusedFilters } = this.#link;
    const troubles: string[] = [];
    if (error !== undefined) troubles.push(`${this.#address}: ${error}; messages wait there`);
    if (refusedFilters.length > 0) {
      const more = refusedFilters.length > 1 ? ` and ${refusedFilters.length - 1} more` : '';
      troubles.push(`${this.#address}: refuses the subscription to ${refusedFilters[0]}${more}`);
    }
    const forgottenAt = this.#forgottenAt;
    if (forgottenAt !== undefined && this.#options.clock.now() - forgottenAt < FORGOTTEN_WORTH_TELLING_MS) {
      const time = new Date(forgottenAt).toISOString();
      troubles.push(`${this.#address}: had forgotten our session (${time}); what it took while we were away may be missing`);
    }
    return troubles;
  }

  #subscribed(hadSession: boolean): void {
    if (this.#hadSession && !hadSession) {
      this.#forgotten += 1;
      this.#forgottenAt = this.#options.clock.now();
      this.#options.onForgotten();
    }
    if (!this.#hadSession) this.#options.onSession();
    this.#hadSession = true;
  }
}
