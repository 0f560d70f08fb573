/** Measured devices only: air stations with one device each or with so many, and gauges where asked for. */
export interface DistrictPlan {
  readonly air: number;
  /** Of each air station; absent: one. */
  readonly devices?: number;
  readonly flood?: number;
  readonly periodSeconds?: number;
}

const text = (name: string) => ({ zh: name, en: name });
const position = { lon: 118.8, lat: 24.9 };

/** The station that a device of the district reports for. */
export const stationOf = (device: string) => device.slice(0, device.lastIndexOf('-'));
export const topicOf = (device: string) =>
  `clearbay/v1/readings/${device.startsWith('air') ? 'air' : 'flood'}/${stationOf(device)}/${device}`;

const numbered = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);

const devicesAt = (station: string, count: number) => (count === 1 ? [`${station}-a`] : numbered(count, station));

/** Ids of the district's devices: `air-1-a`, `flood-1-a`; of several at a station `air-1-1`, `air-1-2`. */
export function devicesOf({ air, devices = 1, flood = 0 }: DistrictPlan): string[] {
  const airDevices = numbered(air, 'air').flatMap((station) => devicesAt(station, devices));
  return [...airDevices, ...numbered(flood, 'flood').flatMap((station) => devicesAt(station, 1))];
}

/** The district as its configuration file says it. */
export function districtOf({ air, devices = 1, flood = 0, periodSeconds = 60 }: DistrictPlan): Readonly<Record<string, unknown>> {
  const station = (id: string, count: number) => ({
    id,
    name: text(id),
    town: 'town',
    position,
    devices: devicesAt(id, count).map((device) => ({ id: device, periodSeconds, origin: 'measured' })),
  });
  return {
    id: 'fault-tests',
    name: text('fault tests'),
    towns: [{ id: 'town', name: text('town') }],
    stations: [
      ...numbered(air, 'air').map((id) => ({ ...station(id, devices), kind: 'air' })),
      ...numbered(flood, 'flood').map((id) => ({
        ...station(id, 1),
        kind: 'flood',
        datum: text('1985'),
        basin: text('basin'),
        lines: { warning: 3, guaranteed: 4 },
      })),
    ],
  };
}
