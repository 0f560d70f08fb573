import type { Origin } from './reading.ts';
import type { Text } from './text.ts';

/** A rating on the kind's own scale: category, class, stage or guidance level. */
export interface Rating {
  /** Stable code, for example `light`, `IV`, `above-warning`, `full`, or `none` where nothing can be said. */
  readonly code: string;
  /** 0 is the best; higher is worse. -1 where nothing can be said: never read as normal. */
  readonly rank: number;
  readonly text: Text;
  /** Official colour of the standard as #RRGGBB; a swatch, never text. */
  readonly colour: string;
  /** Whether the rating meets the line it is held against; null where nothing can be said. */
  readonly meets: boolean | null;
}

export const NO_RATING: Rating = {
  code: 'none',
  rank: -1,
  text: { zh: '无数据', en: 'no data' },
  colour: '#8A94A6',
  meets: null,
};

/** The one number that stands for a station. `value` null means: nothing to show, never zero. */
export interface Figure {
  readonly metric: string;
  readonly value: number | null;
  readonly unit: string;
  readonly decimals: number;
}

/** One judged state of one station over one period, of any kind. */
export interface Assessment<Detail = unknown> {
  readonly kind: string;
  readonly station: string;
  /** Event time (epoch ms) of the newest reading that took part; null before the first. */
  readonly at: number | null;
  /** The period judged, epoch ms; both equal for an instant. */
  readonly start: number;
  readonly end: number;
  readonly level: 'instant' | 'hour' | 'day' | 'month' | 'year';
  /** Edition(s) of the standard, for example `GB 3095-2026 transition`. */
  readonly edition: string;
  readonly origin: Origin;
  readonly rating: Rating;
  readonly figure: Figure;
  /** One sentence of what decides: primary pollutant, deciding item, distance to the line, free bays. */
  readonly reason: Text;
  readonly detail: Detail;
}
