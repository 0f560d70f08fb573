import type { DeviceCredential } from '@clearbay/contract/gate.ts';
import type { District } from '@clearbay/domain/district.ts';
import type { MetricDescriptor } from '@clearbay/domain/kinds/kind.ts';
import {
  districtRegistry,
  type RegisteredDevice,
  type RegisteredStation,
  type Registry,
} from '@clearbay/pipeline/receive/registry.ts';

interface KnownKind {
  readonly id: string;
  readonly metrics: readonly MetricDescriptor[];
  readonly periodMs: number;
}

/** The district's registry together with the devices added on the command line, which count as measured. */
export class KnownDevices implements Registry {
  readonly #district: District;
  readonly #kinds: ReadonlyMap<string, KnownKind>;
  #registry: Registry;
  #added = '';

  constructor(district: District, kinds: ReadonlyMap<string, KnownKind>) {
    this.#district = district;
    this.#kinds = kinds;
    this.#registry = districtRegistry(district, [...kinds.values()]);
  }

  /** Takes over the devices of the state store; nothing happens where they are the same as before. */
  update(credentials: readonly DeviceCredential[]): void {
    const configured = new Set(this.#district.devices.map((device) => device.id));
    const added = credentials.filter((credential) => !configured.has(credential.device));
    const names = JSON.stringify(added.map(({ device, stations }) => [device, stations]));
    if (names === this.#added) return;
    this.#added = names;
    const kindOf = new Map(this.#district.stations.map((station) => [station.id, station.kind]));
    const devices = added.flatMap(({ device, stations }) =>
      stations.map((station) => ({
        id: device,
        station,
        periodMs: this.#kinds.get(kindOf.get(station) ?? '')?.periodMs ?? 60_000,
        origin: 'measured' as const,
      })),
    );
    const district = { ...this.#district, devices: [...this.#district.devices, ...devices] };
    this.#registry = districtRegistry(district, [...this.#kinds.values()]);
  }

  station(id: string): RegisteredStation | undefined {
    return this.#registry.station(id);
  }

  device(id: string): RegisteredDevice | undefined {
    return this.#registry.device(id);
  }

  onlyDevice(station: string): string | undefined {
    return this.#registry.onlyDevice(station);
  }
}
