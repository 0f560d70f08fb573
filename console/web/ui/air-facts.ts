import type { StationView } from '@clearbay/contract/api.ts';
import type { AirDetail } from '@clearbay/domain/kinds/air/detail.ts';

/** Valid hours of the running day, of its weakest pollutant. */
export interface ValidHours {
  readonly valid: number;
  readonly done: number;
  readonly needed: number;
}

function detailOf(view: StationView): AirDetail | undefined {
  return view.station.kind === 'air' ? (view.assessment?.detail as AirDetail | undefined) : undefined;
}

/** Index of one pollutant in the judged hour; null where it has none, undefined for other metrics and kinds. */
export function iaqiOf(view: StationView, metric: string): number | null | undefined {
  const pollutants: Readonly<Record<string, { readonly iaqi: number | null } | undefined>> = detailOf(view)?.pollutants ?? {};
  return pollutants[metric]?.iaqi;
}

/** Advice of the category in both languages; null where nothing is judged. */
export function adviceOf(view: StationView): AirDetail['advice'] {
  return detailOf(view)?.advice ?? null;
}

/** Ozone is counted in 8-hour windows, so it stays aside here. */
function validHoursToday(view: StationView): ValidHours | undefined {
  const today = detailOf(view)?.today;
  if (today === undefined) return undefined;
  const { o3: _windows, ...hourly } = today.pollutants;
  const outlooks = Object.values(hourly);
  return {
    valid: Math.min(...outlooks.map(({ valid }) => valid)),
    done: today.hoursDone,
    needed: Math.max(...outlooks.map(({ needed }) => needed)),
  };
}

/** The least valid hours of today over the stations in service; undefined without an air station. */
export function leastValidHours(views: readonly StationView[]): ValidHours | undefined {
  const known = views.filter(({ station }) => station.state === 'service').flatMap((view) => validHoursToday(view) ?? []);
  return known.length === 0 ? undefined : known.reduce((least, hours) => (hours.valid < least.valid ? hours : least));
}
