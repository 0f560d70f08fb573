import { type Assessment, NO_RATING, type Rating } from '../../assessment.ts';
import { type ExactMean, roundMean } from '../../exact.ts';
import type { Origin } from '../../reading.ts';
import type { Text } from '../../text.ts';
import { HOUR_MS } from '../../time.ts';
import { categoryOf, maskOf, pollutantsOf, sensitiveGroups, settle, unsettled, validityOf } from './aqi.ts';
import type { AirDetail, PollutantHour, RunningHour } from './detail.ts';
import { hourPlan, pollutantIndices } from './index-plan.ts';
import type { DayOutlook } from './outlook.ts';
import { pollutantList, unitOf } from './pollutant-names.ts';
import { type AirEdition, type IndexRules, POLLUTANTS, type Pollutant } from './standard.ts';

/** What is known of one hour before it is judged. */
export interface HourFacts {
  readonly station: string;
  /** END of the hour; null where no hour of the held window is valid. */
  readonly hourEnd: number | null;
  /** Event time of the newest reading in the hour. */
  readonly at: number | null;
  readonly origin: Origin;
  /** Valid hourly means in the order of POLLUTANTS. */
  readonly means: readonly (ExactMean | undefined)[];
  /** Minutes of sampling in the order of POLLUTANTS. */
  readonly minutes: readonly number[];
  readonly notMonitored: readonly string[];
}

const NO_HOUR: Text = { zh: '近 24 小时无有效小时值', en: 'no valid hour within 24 h' };

const indices = new Int16Array(POLLUTANTS.length);
const settled = unsettled();

/** Judges one hour: the assessment that stands for a station or for the district. */
export function assessHour(
  facts: HourFacts,
  edition: AirEdition,
  running: RunningHour,
  today: DayOutlook,
): Assessment<AirDetail> {
  const plan = hourPlan(edition);
  const inputs = plan.inputs.map((input) => facts.means[POLLUTANTS.indexOf(input as Pollutant)]);
  pollutantIndices(plan, inputs, indices);
  settle(plan, indices, maskOf(facts.notMonitored), settled);
  const end = facts.hourEnd ?? running.end - HOUR_MS;
  const pollutants = {} as Record<Pollutant, PollutantHour>;
  const iaqi: Partial<Record<Pollutant, number | null>> = {};
  POLLUTANTS.forEach((pollutant, slot) => {
    const mean = facts.means[slot] ?? null;
    const index = indices[slot] ?? -1;
    iaqi[pollutant] = index < 0 ? null : index;
    pollutants[pollutant] = {
      value: mean === null ? null : roundMean(mean, edition.index.decimals[pollutant]),
      unit: unitOf(pollutant),
      iaqi: iaqi[pollutant] ?? null,
      hourEnd: end,
      valid: mean !== null,
      minutes: facts.minutes[slot] ?? 0,
      mark: mean !== null ? null : facts.notMonitored.includes(pollutant) ? '/' : 'NA',
      mean,
    };
  });
  const aqi = settled.aqi < 0 ? null : settled.aqi;
  const detail: AirDetail = {
    aqi,
    lowerBound: settled.rest < 0 ? null : settled.rest,
    primary: pollutantsOf(settled.primary),
    validity: validityOf(settled),
    missing: pollutantsOf(settled.missing),
    advice: categoryOf(edition.index, settled.aqi)?.advice ?? null,
    sensitiveGroups: sensitiveGroups(edition.index, iaqi),
    pollutants,
    running,
    today,
  };
  return {
    kind: 'air',
    station: facts.station,
    at: facts.at,
    start: end - HOUR_MS,
    end,
    level: 'hour',
    edition: edition.label,
    origin: facts.origin,
    rating: ratingOf(edition.index, aqi),
    figure: { metric: 'aqi', value: aqi, unit: '', decimals: 0 },
    reason: facts.hourEnd === null ? NO_HOUR : indexReason(detail),
    detail,
  };
}

/** The category of an AQI as a rating; it meets its line at 100 or less (优良). */
export function ratingOf(rules: IndexRules, aqi: number | null): Rating {
  const category = aqi === null ? undefined : categoryOf(rules, aqi);
  if (category === undefined || aqi === null) return NO_RATING;
  return { code: category.code, rank: category.level - 1, text: category.name, colour: category.colour, meets: aqi <= 100 };
}

/** What decides an AQI, or why there is none. */
export function indexReason({
  aqi,
  primary,
  missing,
  lowerBound,
}: Pick<AirDetail, 'aqi' | 'primary' | 'missing' | 'lowerBound'>): Text {
  if (aqi === null) {
    const absent = pollutantList(missing);
    if (absent.zh === '')
      return {
        zh: '浓度超出分指数表，需小时值，不发布 AQI',
        en: 'above the index table, needs another average: no AQI is published',
      };
    return {
      zh: `缺${absent.zh}，其余分指数最大为 ${lowerBound ?? '—'}，不发布 AQI`,
      en: `${absent.en} missing, the others at most ${lowerBound ?? '—'}: no AQI is published`,
    };
  }
  if (primary.length === 0) return { zh: '无首要污染物', en: 'no primary pollutant' };
  const named = pollutantList(primary);
  return { zh: `首要污染物：${named.zh}`, en: `primary pollutant: ${named.en}` };
}
