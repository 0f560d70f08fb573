import { BENCH_DEVICES, benchDevices } from './fleet.ts';

/** Gauge whose values are watched on a page. */
export const PROBE = { station: 'probe', device: 'probe-a' };
/** Gauges that each go over their highest line once. */
export const ALERT_PROBES = Array.from({ length: 80 }, (_, index) => ({
  station: `alert-probe-${index}`,
  device: `alert-probe-${index}-a`,
}));
/** Lines of the gauges, m. */
export const GAUGE_LINES = { warning: 1.4, guaranteed: 1.5, highestOnRecord: 1.6 };

const text = (name: string) => ({ zh: name, en: name });
const base = (id: string, device: string, periodSeconds: number) => ({
  id,
  name: text(id),
  town: 'town',
  position: { lon: 118.8, lat: 24.9 },
  devices: [{ id: device, periodSeconds, origin: 'measured' }],
});
const gauge = ({ station, device }: { readonly station: string; readonly device: string }, periodSeconds: number) => ({
  ...base(station, device, periodSeconds),
  kind: 'flood',
  datum: text('1985'),
  basin: text('basin'),
  lines: GAUGE_LINES,
});

/** A measured district: an air station for each device of the load, and the gauges of the probes. */
export function benchDistrict() {
  return {
    id: 'bench',
    name: text('bench'),
    towns: [{ id: 'town', name: text('town') }],
    stations: [
      ...benchDevices(BENCH_DEVICES).map(({ user, station }) => ({ ...base(station, user, 60), kind: 'air' })),
      gauge(PROBE, 1),
      ...ALERT_PROBES.map((probe) => gauge(probe, 3600)),
    ],
  };
}
