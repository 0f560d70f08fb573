import type { StationView } from '@clearbay/contract/api.ts';
import type { FloodStation } from '@clearbay/domain/district.ts';
import type { FloodDetail } from '@clearbay/domain/kinds/flood/detail.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';

/** What a level list needs of a gauge: how near its lines are, how fast it rises, how long it takes. */
export interface FloodFacts {
  readonly level: number | null;
  /** m still to rise to the warning level; negative above it. */
  readonly toWarning: number | null;
  readonly toGuaranteed: number | null;
  /** m/h, positive rising. */
  readonly rate: number | null;
  /** ms until the warning level at the present rise; null where it is not reached within the horizon. */
  readonly timeToWarning: number | null;
  /** Rain of the last 1, 3 and 24 h where known, mm. */
  readonly rain: readonly { readonly hours: number; readonly mm: number | null }[];
}

export function isFlood(view: StationView): view is StationView & { readonly station: FloodStation } {
  return view.station.kind === 'flood';
}

export function floodFacts(view: StationView & { readonly station: FloodStation }): FloodFacts {
  const detail = view.assessment?.detail as FloodDetail | undefined;
  const level = detail?.level?.value ?? view.latest.find(({ metric }) => metric === 'level')?.value ?? null;
  const hours = detail?.lines.find(({ line }) => line === 'warning')?.time?.hours ?? null;
  return {
    level,
    toWarning: level === null ? null : view.station.lines.warning - level,
    toGuaranteed: level === null ? null : view.station.lines.guaranteed - level,
    rate: detail?.rise.slope?.mPerHour ?? detail?.rise.rates.find(({ mPerHour }) => mPerHour !== null)?.mPerHour ?? null,
    timeToWarning: hours === null ? null : hours * HOUR_MS,
    rain: detail?.rain.sums.filter(({ hours: window }) => [1, 3, 24].includes(window)) ?? [],
  };
}

/** Nearest to its warning level first, as a share of the way from the normal level; gauges without a level last. */
export function nearestToLine(
  a: StationView & { readonly station: FloodStation },
  b: StationView & { readonly station: FloodStation },
): number {
  return (floodFacts(a).toWarning ?? Number.POSITIVE_INFINITY) - (floodFacts(b).toWarning ?? Number.POSITIVE_INFINITY);
}
