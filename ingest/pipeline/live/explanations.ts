import type { ExplanationView, FigureExplanationView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import { type Derivation, derivationSentences } from '@clearbay/domain/derivation.ts';
import type { AirStation, District, PlanTarget, Station } from '@clearbay/domain/district.ts';
import { explainDistrictAir } from '@clearbay/domain/kinds/air/explain-district.ts';
import type { AirStandards } from '@clearbay/domain/kinds/air/standard.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import type { Edition } from '@clearbay/domain/standards.ts';
import { DAY_MS, dayStart } from '@clearbay/domain/time.ts';
import type { PlanTargets } from '../targets/plan-targets.ts';
import type { LiveDistrict } from './live-district.ts';

export interface ExplanationsOptions {
  readonly live: Pick<LiveDistrict, 'overview'>;
  readonly district: District;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly standards: Readonly<Record<string, unknown>> & { readonly air: AirStandards };
  /** Committed readings of a station, the newest included. */
  readonly stored: (station: string, from: number, to: number) => Promise<readonly Reading[]>;
  readonly targets: Pick<PlanTargets, 'explain'>;
  readonly clock: Clock;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const AIR_TARGETS: readonly PlanTarget['kind'][] = ['good-air-days', 'pm25-mean'];

function viewed(derivation: Derivation, editions: readonly Edition[]) {
  return {
    derivation,
    sentences: { zh: derivationSentences(derivation, 'zh'), en: derivationSentences(derivation, 'en') },
    editions: editions.map(({ id, label }) => ({ id, label })),
  };
}

/** How the figures of stations, of the district and of the plan's targets came about. An edition that does not exist is a RangeError. */
export class Explanations {
  readonly #options: ExplanationsOptions;

  constructor(options: ExplanationsOptions) {
    this.#options = options;
  }

  /** Undefined for an unknown station. */
  async station(id: string, period: Span, edition?: string): Promise<ExplanationView | undefined> {
    const { clock, district } = this.#options;
    const station = district.stations.find((each) => each.id === id);
    if (station === undefined) return undefined;
    const { kind, standards } = this.#judging(station.kind);
    const derivation = kind.explain(station, await this.#readings(station, period), period, standards, clock.now(), edition);
    return { station: id, ...viewed(derivation, kind.editions(standards)) };
  }

  /** The district's air of an hour or a day, by default of the newest hour judged; undefined where no station that counts has a value. */
  async district(period: Span | undefined, edition?: string): Promise<FigureExplanationView | undefined> {
    const { clock, district, live, standards } = this.#options;
    const span = period ?? live.overview().air;
    if (span === null) return undefined;
    const stations = district.stations.filter((station): station is AirStation => station.kind === 'air');
    const members = await Promise.all(
      stations.map(async (station) => ({ station, readings: await this.#readings(station, span) })),
    );
    const { air } = standards;
    const derivation = explainDistrictAir(district.name, members, span, air, clock.now(), edition);
    return derivation && { of: district.id, ...viewed(derivation, air.editions) };
  }

  /** A target of the plan as it was last judged; undefined for an unknown one. */
  async target(id: string, edition?: string): Promise<FigureExplanationView | undefined> {
    const { clock, live, targets } = this.#options;
    const figure = live.overview().targets.find((target) => target.id === id);
    const derivation = figure && (await targets.explain(figure, clock.now(), edition));
    if (figure === undefined || derivation === undefined) return undefined;
    const { kind, standards } = this.#judging(AIR_TARGETS.includes(figure.kind) ? 'air' : 'water');
    return { of: id, ...viewed(derivation, kind.editions(standards)) };
  }

  /** Sliding figures reach back before their period. */
  #readings({ id }: Station, { start, end }: Span): Promise<readonly Reading[]> {
    return this.#options.stored(id, dayStart(start) - DAY_MS, end);
  }

  #judging(name: string): { readonly kind: Kind; readonly standards: unknown } {
    const kind = this.#options.kinds.get(name);
    if (kind === undefined) throw new Error(`no kind is registered for "${name}"`);
    return { kind, standards: this.#options.standards[name] };
  }
}
