import type { DayFigureView } from '@clearbay/contract/api.ts';
import { type Assessment, NO_RATING } from '@clearbay/domain/assessment.ts';
import type { Station } from '@clearbay/domain/district.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';

/** Days judged in one go, so that other work gets its turn in between. */
const CHUNK_DAYS = 15;

export interface DayFiguresOptions {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly standards: Readonly<Record<string, unknown>>;
  readonly series: Pick<SeriesStore, 'rollups'>;
}

/** What is said of a day without any value. */
export function noFigure(kind: Kind): DayFigureView {
  const { code, text } = NO_RATING;
  return { metric: kind.headline[0] ?? '', value: null, unit: '', rating: code, text, edition: '' };
}

function figureOf({ figure, rating, edition }: Assessment): DayFigureView {
  return { metric: figure.metric, value: figure.value, unit: figure.unit, rating: rating.code, text: rating.text, edition };
}

/** Whether two figures say the same of a day. */
export function sameFigure(one: DayFigureView, other: DayFigureView): boolean {
  return one.value === other.value && one.rating === other.rating && one.metric === other.metric;
}

/** Figures of a station's ended days from its stored hours, each under the edition in force on it. */
export class DayFigures {
  readonly #options: DayFiguresOptions;

  constructor(options: DayFiguresOptions) {
    this.#options = options;
  }

  kindOf(station: Station): Kind {
    const kind = this.#options.kinds.get(station.kind);
    if (kind === undefined) throw new Error(`no kind is registered for "${station.kind}"`);
    return kind;
  }

  /** Figures by START of the day in [from, until) (local midnights), in pieces of some days; days without any value have none. */
  async *judge(
    station: Station,
    from: number,
    until: number,
  ): AsyncGenerator<{ readonly from: number; readonly until: number; readonly figures: ReadonlyMap<number, DayFigureView> }> {
    const { series, standards } = this.#options;
    const kind = this.kindOf(station);
    for (let start = from; start < until; start += CHUNK_DAYS * DAY_MS) {
      const end = Math.min(start + CHUNK_DAYS * DAY_MS, until);
      // Up to the morning after: the rain of a date ends at 08:00 of the next.
      const hours = await series.rollups({ level: 'hour', stations: [station.id], from: start + 1, to: end + DAY_MS / 2 });
      const days = kind.days(station, hours, { from: start, until: end }, standards[station.kind]);
      yield { from: start, until: end, figures: new Map(days.map((day) => [day.start, figureOf(day)])) };
    }
  }
}
