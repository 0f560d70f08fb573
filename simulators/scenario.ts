import type { FloodStation } from '@clearbay/domain/district.ts';
import type { Values } from '@clearbay/domain/reading.ts';
import type { Text } from '@clearbay/domain/text.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';

/** Something that happens to one simulated station for a while, on top of its model. */
export interface Scenario {
  readonly id: string;
  readonly label: Text;
  readonly station: string;
  readonly from: number;
  readonly to: number;
  /** Interval of reports while it lasts, ms: a logger reports more often in an event. */
  readonly reportEveryMs?: number;
  /** The values as the event changes them at `at` (within [from, to]). */
  shape(values: Values, at: number): Values;
}

/**
 * A cloudburst over one gauge: from its own level to `aboveM` over the warning level in 75 s (below the metre a minute at which an
 * echo is taken for a fault), five minutes there, ten minutes back. The demonstration plays it at each start, so that an
 * alert is seen within three minutes.
 */
export function demonstrationShower(station: FloodStation, from: number, aboveM = 0.12): Scenario {
  const rise = 1.25 * MINUTE_MS;
  const hold = 5 * MINUTE_MS;
  const fall = 10 * MINUTE_MS;
  const peak = station.lines.warning + aboveM;
  let reportedAt = from;
  return {
    id: `demonstration-shower-${station.id}`,
    label: {
      zh: `模拟：${station.name.zh}短时强降雨演示`,
      en: `Simulated: demonstration cloudburst at ${station.name.en}`,
    },
    station: station.id,
    from,
    to: from + rise + hold + fall,
    reportEveryMs: 10_000,
    shape(values, at) {
      const level = values.level;
      if (level === undefined) return values;
      const spent = at - from;
      const part = spent < rise ? spent / rise : spent < rise + hold ? 1 : Math.max(0, 1 - (spent - rise - hold) / fall);
      // Natural levels above the peak stay as they are.
      const lifted = level + Math.max(0, peak - level) * part;
      const rainMs = Math.max(0, Math.min(at, from + rise + hold) - Math.min(reportedAt, from + rise + hold));
      reportedAt = Math.max(reportedAt, at);
      const rain = Math.round((36 * rainMs) / (60 * MINUTE_MS) / 0.1) * 0.1;
      return {
        ...values,
        level: Math.round(lifted * 100) / 100,
        rainfall: Math.round(((values.rainfall ?? 0) + rain) * 10) / 10,
      };
    },
  };
}

/** The gauge that a cloudburst brings over its warning level with the least rise: not tidal, and in service. */
export function gaugeForDemonstration(stations: Iterable<FloodStation>): FloodStation | undefined {
  let best: FloodStation | undefined;
  const climb = ({ lines }: FloodStation) => lines.warning - (lines.normal ?? lines.bed ?? 0);
  for (const station of stations) {
    if (station.tidal || station.state !== 'service') continue;
    if (best === undefined || climb(station) < climb(best)) best = station;
  }
  return best;
}
