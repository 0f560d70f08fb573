import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import type { AirStation } from '@clearbay/domain/district.ts';
import { toMicro } from '@clearbay/domain/exact.ts';
import { DAY_MS, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { AirDays } from '@clearbay/pipeline/targets/air-days.ts';
import type { TargetMoment } from '@clearbay/pipeline/targets/air-targets.ts';
import type { RollupRow } from '@clearbay/store/ports/series.ts';

export const NAME = { zh: '沙尘', en: 'sand and dust' };
const STATION: AirStation = {
  id: 'a',
  kind: 'air',
  name: NAME,
  town: 't',
  position: { lon: 0, lat: 0 },
  state: 'service',
  grade: 'official',
  notMonitored: [],
};
const CLEAN: Readonly<Record<string, number>> = { pm25: 20, pm10: 40, so2: 6, no2: 20, o3: 60, co: 0.5 };

/** Value of an hour (0 to 23) and how many readings it has; undefined: clean air. */
type HourValue = (metric: string, date: string, hour: number) => { readonly value: number; readonly count?: number } | undefined;

/** Judged days of one station: clean air of one value a minute but for what `special` says. */
export function airDays(first: string, count: number, special: HourValue): AirDays {
  const start = startOfDate(first);
  const rows = Array.from({ length: count * 24 }, (_, index) => index).flatMap((index) => {
    const day = Math.floor(index / 24);
    const date = new Date(Date.parse(`${first}T00:00:00Z`) + day * DAY_MS).toISOString().slice(0, 10);
    return Object.entries(CLEAN).map(([metric, clean]): RollupRow => {
      const { value, count: values = 60 } = special(metric, date, index % 24) ?? { value: clean };
      return {
        station: 'a',
        metric,
        at: start + (index + 1) * HOUR_MS,
        count: values,
        validCount: values,
        validMs: HOUR_MS,
        sumMicro: values * toMicro(value),
        min: value,
        max: value,
        last: value,
        flags: 0,
        revision: 0,
        simulated: false,
      };
    });
  });
  return new AirDays({
    stations: [STATION],
    standards: loadAirStandards(),
    series: { rollups: ({ from, to }) => Promise.resolve(rows.filter(({ at }) => at >= from && at <= to)) },
  });
}

/** The moment at which `today` runs, with these days listed as exceptional. */
export function momentOf(today: string, listed: readonly string[] = []): TargetMoment {
  return {
    year: Number(today.slice(0, 4)),
    today,
    runningDay: startOfDate(today),
    demonstration: false,
    exceptional: listed.map((date) => ({ date, reason: NAME })),
    random: () => 0.5,
  };
}
