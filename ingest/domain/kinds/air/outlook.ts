import { roundMean } from '../../exact.ts';
import { dateOf, HOUR_MS } from '../../time.ts';
import { judgeDay, type StationTerms } from './day.ts';
import { type HourTable, hourIndex } from './hour-table.ts';
import { dayPlan, type IndexPlan, pollutantIndices } from './index-plan.ts';
import { meanRest, ozoneRest, type RestOfDay } from './rest-of-day.ts';
import { type AirEdition, POLLUTANTS, type Pollutant } from './standard.ts';

/** One pollutant of the running day. */
export interface PollutantOutlook extends RestOfDay {
  /** `mean` as published; null before the first. */
  readonly value: number | null;
  /** Largest index of the pollutant's daily items so far; null before the first value. */
  readonly iaqi: number | null;
}

/** `open`: it can still be good. `lost`: it cannot. `na`: too many gaps for a good day. `good`, `bad`: all hours are in. */
export type DayVerdict = 'open' | 'lost' | 'na' | 'good' | 'bad';

/** "Will today be a good day": the natural day so far and what the rest of it may have. Never shown as a judged day. */
export interface DayOutlook {
  readonly date: string;
  readonly start: number;
  readonly edition: string;
  readonly hoursDone: number;
  readonly hoursLeft: number;
  /** Largest index of the means so far; null before the first valid hour. */
  readonly aqiSoFar: number | null;
  readonly primary: readonly Pollutant[];
  readonly verdict: DayVerdict;
  readonly pollutants: Readonly<Record<Pollutant, PollutantOutlook>>;
}

/** The day that starts at `start` as known after the hour ending at `lastEnd`; remaining hours are assumed to be measured. */
export function dayOutlook(
  table: HourTable,
  start: number,
  lastEnd: number,
  edition: AirEdition,
  terms: StationTerms = {},
): DayOutlook {
  const hoursDone = Math.max(0, Math.min(24, Math.round((lastEnd - start) / HOUR_MS)));
  const plan = dayPlan(edition);
  const first = hourIndex(table, start + HOUR_MS);
  const pollutants = {} as Record<Pollutant, PollutantOutlook>;
  POLLUTANTS.forEach((pollutant, slot) => {
    const column = table.means[slot] ?? [];
    const rest =
      pollutant === 'o3' ? ozoneRest(column, first, hoursDone, plan) : meanRest(column, first, hoursDone, plan, pollutant);
    pollutants[pollutant] = { ...rest, ...soFar(pollutant, rest, plan) };
  });
  const aqiSoFar = Math.max(-1, ...POLLUTANTS.map((pollutant) => pollutants[pollutant].iaqi ?? -1));
  return {
    date: dateOf(start),
    start,
    edition: edition.label,
    hoursDone,
    hoursLeft: 24 - hoursDone,
    aqiSoFar: aqiSoFar < 0 ? null : aqiSoFar,
    primary: aqiSoFar > plan.primaryAbove ? POLLUTANTS.filter((pollutant) => pollutants[pollutant].iaqi === aqiSoFar) : [],
    verdict: hoursDone === 24 ? closedVerdict(table, start, edition, terms) : openVerdict(pollutants, plan, terms),
    pollutants,
  };
}

function closedVerdict(table: HourTable, start: number, edition: AirEdition, terms: StationTerms): DayVerdict {
  const { good } = judgeDay(table, start, edition, terms);
  return good === null ? 'na' : good ? 'good' : 'bad';
}

/** A gap costs the good day but never a bad one (HJ 633-2026, 5.3.1): lost comes before na. */
export function openVerdict(
  pollutants: Readonly<Record<Pollutant, PollutantOutlook>>,
  plan: Pick<IndexPlan, 'strictMissing'>,
  terms: StationTerms,
): DayVerdict {
  if (POLLUTANTS.some((pollutant) => pollutants[pollutant].lost)) return 'lost';
  const gap = POLLUTANTS.some((each) => !pollutants[each].canBeValid && !terms.notMonitored?.includes(each));
  return gap && plan.strictMissing ? 'na' : 'open';
}

const indices = new Int16Array(POLLUTANTS.length);

/** What is published of a pollutant's values so far: the mean (for O3 the largest 8-hour mean) and the index of all its daily items. */
export function soFar(
  pollutant: Pollutant,
  { mean, maxHour }: Pick<RestOfDay, 'mean' | 'maxHour'>,
  plan: IndexPlan,
): Pick<PollutantOutlook, 'value' | 'iaqi'> {
  const own = pollutant === 'o3' ? 'o3_8h' : pollutant;
  const inputs = plan.inputs.map((input) => (input === own ? (mean ?? undefined) : input === 'o3_1h' ? maxHour : undefined));
  pollutantIndices(plan, inputs, indices);
  const iaqi = indices[POLLUTANTS.indexOf(pollutant)] ?? -1;
  return {
    value: mean === null ? null : roundMean(mean, plan.edition.index.decimals[pollutant]),
    iaqi: iaqi < 0 ? null : iaqi,
  };
}
