import { randomUUID } from 'node:crypto';
import type { Clock } from '@clearbay/contract/clock.ts';
import { topics } from '@clearbay/contract/topics.ts';
import type { Device, District, Station } from '@clearbay/domain/district.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { DeviceLink } from './device-link.ts';
import { type Fault, payloadsUnder } from './faults.ts';
import type { Scenario } from './scenario.ts';
import { StationSource, speakingDevices } from './station-source.ts';
import { RegionalWeather } from './weather.ts';

/** A device reports this part of its period early or late. */
const JITTER = 0.04;

export interface FleetOptions {
  readonly district: District;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly seed: number;
  readonly clock: Clock;
  /** `mqtt://host:port` of the broker. */
  readonly url: string;
  /** Password of each simulated device. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly scenarios?: readonly Scenario[];
  readonly faults?: ReadonlyMap<string, readonly Fault[]>;
}

interface Reporter {
  readonly device: Device;
  readonly kind: string;
  readonly link: DeviceLink;
  readonly source: StationSource;
  readonly random: Seeded;
  reports: number;
  timer?: NodeJS.Timeout;
}

/**
 * The simulated devices of a district: each with its own connection and credentials, its own period with a little jitter, QoS 1. A station's
 * model speaks through the first of its simulated devices. All begin to report at the start, spread over two seconds.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #reporters = new Map<string, Reporter>();
  readonly #boot = randomUUID().slice(0, 8);
  #running = false;
  #lost = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Connects every simulated device and begins. Rejects where one has no password or cannot connect. */
  async start(): Promise<void> {
    const { district, clock } = this.#options;
    const weather = new RegionalWeather(this.#options.seed);
    for (const [station, device] of speakingDevices(district)) {
      this.#reporters.set(device.id, this.#reporter(device, station, weather));
    }
    await Promise.all([...this.#reporters.values()].map((reporter) => reporter.link.start()));
    this.#running = true;
    const now = clock.now();
    for (const reporter of this.#reporters.values()) {
      reporter.source.warmUp(now - reporter.device.periodMs);
      reporter.timer = setTimeout(() => this.#report(reporter), reporter.random.between(0, 2000));
    }
  }

  /** Publishes a payload of readings as this device; resolves with its PUBACK. Throws for a device that is not simulated here. */
  async send(device: string, payload: string): Promise<void> {
    const reporter = this.#reporters.get(device);
    if (reporter === undefined) throw new Error(`"${device}" is not a simulated device that reports`);
    await reporter.link.publish(topics.readings(reporter.kind, reporter.device.station, device), payload);
  }

  /** Live messages lost because they could not be sent. */
  get lost(): number {
    return this.#lost;
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const { timer } of this.#reporters.values()) clearTimeout(timer);
    await Promise.all([...this.#reporters.values()].map((reporter) => reporter.link.stop()));
    this.#reporters.clear();
  }

  #reporter(device: Device, station: Station, weather: RegionalWeather): Reporter {
    const { kinds, passwords, seed, url } = this.#options;
    const kind = kinds.get(station.kind);
    const password = passwords.get(device.id);
    if (kind === undefined) throw new Error(`device ${device.id}: there is no kind "${station.kind}" to simulate`);
    if (password === undefined) throw new Error(`device ${device.id}: no password`);
    const link = new DeviceLink({ url, device: device.id, password, boot: this.#boot });
    const source = new StationSource(station, kind, seed, weather);
    return { device, kind: kind.id, link, source, random: new Seeded(seed, device.id), reports: 0 };
  }

  #report(reporter: Reporter): void {
    if (!this.#running) return;
    const { clock, scenarios = [], faults } = this.#options;
    const { device, source } = reporter;
    const at = clock.now();
    const scenario = scenarios.find((each) => each.station === device.station && at >= each.from && at <= each.to);
    reporter.reports += 1;
    const readings = source.report(at, device.periodMs).map((reading) => ({
      ...reading,
      values: scenario === undefined ? reading.values : scenario.shape(reading.values, at),
      seq: reporter.reports,
      boot: this.#boot,
    }));
    for (const payload of payloadsUnder(faults?.get(device.id) ?? [], readings)) {
      this.send(device.id, payload).catch(() => {
        this.#lost += 1;
      });
    }
    const period = Math.min(device.periodMs, scenario?.reportEveryMs ?? device.periodMs);
    reporter.timer = setTimeout(() => this.#report(reporter), period * reporter.random.between(1 - JITTER, 1 + JITTER));
  }
}
