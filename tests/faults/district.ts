/** Measured devices only: one air station with one device for each number, and gauges where asked for. */
export interface DistrictPlan {
  readonly air: number;
  readonly flood?: number;
  readonly periodSeconds?: number;
}

const text = (name: string) => ({ zh: name, en: name });
const position = { lon: 118.8, lat: 24.9 };

/** The station that a device of the district reports for. */
export const stationOf = (device: string) => device.slice(0, -2);
export const topicOf = (device: string) =>
  `clearbay/v1/readings/${device.startsWith('air') ? 'air' : 'flood'}/${stationOf(device)}/${device}`;

const numbered = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);

/** Ids of the district's devices: `air-1-a`, `flood-1-a`. */
export function devicesOf({ air, flood = 0 }: DistrictPlan): string[] {
  return [...numbered(air, 'air'), ...numbered(flood, 'flood')].map((station) => `${station}-a`);
}

/** The district as its configuration file says it. */
export function districtOf({ air, flood = 0, periodSeconds = 60 }: DistrictPlan): Readonly<Record<string, unknown>> {
  const station = (id: string) => ({
    id,
    name: text(id),
    town: 'town',
    position,
    devices: [{ id: `${id}-a`, periodSeconds, origin: 'measured' }],
  });
  return {
    id: 'fault-tests',
    name: text('fault tests'),
    towns: [{ id: 'town', name: text('town') }],
    stations: [
      ...numbered(air, 'air').map((id) => ({ ...station(id), kind: 'air' })),
      ...numbered(flood, 'flood').map((id) => ({
        ...station(id),
        kind: 'flood',
        datum: text('1985'),
        basin: text('basin'),
        lines: { warning: 3, guaranteed: 4 },
      })),
    ],
  };
}
