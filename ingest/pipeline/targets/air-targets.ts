import type { TargetView } from '@clearbay/contract/api.ts';
import type { ExceptionalDay, PlanTarget } from '@clearbay/domain/district.ts';
import { type AirEdition, type AirStandards, limitOf } from '@clearbay/domain/kinds/air/standard.ts';
import { editionFor } from '@clearbay/domain/standards.ts';
import { STRICT_RULES, type TargetDay } from '@clearbay/domain/targets/budget.ts';
import type { TargetFigure } from '@clearbay/domain/targets/figure.ts';
import { goodDayTarget, type JudgedYear } from '@clearbay/domain/targets/good-days.ts';
import { type MeanYear, meanTarget } from '@clearbay/domain/targets/mean.ts';
import type { AirDays, JudgedDistrictDay } from './air-days.ts';
import { endedSpan } from './air-days.ts';

/** Earlier years that the outlook may draw on. */
const HISTORY_YEARS = 4;
const CAPTURE_DAYS = 90;
const BY_DATE = 'by-date';

/** What a target is judged at. */
export interface TargetMoment {
  readonly year: number;
  /** Local date that still runs, and its midnight, epoch ms. */
  readonly today: string;
  readonly runningDay: number;
  readonly demonstration: boolean;
  /** Days of exceptional events, of any year. */
  readonly exceptional: readonly ExceptionalDay[];
  readonly random: () => number;
}

/** What every target needs of a judged day, whether it is listed as exceptional included. */
function dayFacts({ day, simulated }: JudgedDistrictDay, listed: readonly ExceptionalDay[]) {
  return {
    date: day.date,
    origin: simulated ? ('simulated' as const) : ('measured' as const),
    exceptional: listed.some(({ date }) => date === day.date),
  };
}

function targetDays(judged: readonly JudgedDistrictDay[], listed: readonly ExceptionalDay[]): TargetDay[] {
  return judged.map((each) => {
    const { good, aqi, primary } = each.day;
    return { ...dayFacts(each, listed), good, aqi, primary };
  });
}

/** Adds the listed days of the year to the figure that leaves them out. */
function withListedDays(figure: TargetFigure, { year, today, exceptional }: TargetMoment): TargetView {
  if (figure.withoutExceptional === undefined) return figure;
  const days = exceptional.filter(({ date }) => date >= `${year}-01-01` && date < today);
  return { ...figure, withoutExceptional: { ...figure.withoutExceptional, days } };
}

/** The days of earlier years, newest year first, until a year has none. */
async function history(days: AirDays, policy: string, { year, runningDay }: TargetMoment): Promise<JudgedDistrictDay[]> {
  const found: JudgedDistrictDay[] = [];
  for (let earlier = year - 1; earlier >= year - HISTORY_YEARS; earlier -= 1) {
    const { from, until } = endedSpan(earlier, runningDay);
    const judged = (await days.days([policy], from, until)).get(policy) ?? [];
    if (judged.length === 0) break;
    found.push(...judged);
  }
  return found;
}

/** 空气优良天数比例: each day by the edition of its date; every single edition beside it. */
export async function goodAirDays(
  target: PlanTarget,
  days: AirDays,
  standards: AirStandards,
  moment: TargetMoment,
): Promise<TargetView> {
  const { year, today, runningDay, demonstration, exceptional, random } = moment;
  const inForce = editionFor(standards.editions, today);
  const policies = [BY_DATE, ...standards.editions.map((edition) => edition.id)];
  const { from, until } = endedSpan(year, runningDay);
  const judged = await days.days(policies, from, until);
  const labels = new Map([
    [BY_DATE, [...new Set((judged.get(BY_DATE) ?? []).map(({ day }) => day.edition.label))].join(' / ') || inForce.label],
    ...standards.editions.map((edition) => [edition.id, edition.label] as const),
  ]);
  const years: JudgedYear[] = [];
  for (const policy of policies) {
    // What is still to come falls under the edition in force now; earlier years are re-judged under it.
    const earlier = await history(days, policy === BY_DATE ? inForce.id : policy, moment);
    years.push({
      policy,
      edition: labels.get(policy) ?? policy,
      days: targetDays(judged.get(policy) ?? [], exceptional),
      history: targetDays(earlier, exceptional),
    });
  }
  const recent = (judged.get(BY_DATE) ?? []).filter(({ day }) => day.start >= runningDay - CAPTURE_DAYS * 86_400_000);
  const elapsed = Math.min(CAPTURE_DAYS, Math.round((until - from) / 86_400_000));
  const figure = goodDayTarget({
    target,
    year,
    today,
    rules: STRICT_RULES,
    ...(elapsed === 0 ? {} : { captureRate: { valid: recent.filter(({ day }) => day.good !== null).length, of: elapsed } }),
    demonstration,
    policies: years,
    chosen: BY_DATE,
    validity: inForce.validity,
    random,
  });
  return withListedDays(figure, moment);
}

/** PM2.5 年均浓度: the mean of the district's valid daily means, each day by the edition of its date; every single edition beside it. */
export async function pm25Mean(
  target: PlanTarget,
  days: AirDays,
  standards: AirStandards,
  moment: TargetMoment,
): Promise<TargetView> {
  const { year, today, runningDay, demonstration, exceptional, random } = moment;
  const { from, until } = endedSpan(year, runningDay);
  const judged = await days.days([BY_DATE, ...standards.editions.map(({ id }) => id)], from, until);
  const meanDays = (each: readonly JudgedDistrictDay[]) =>
    each.map((one) => ({ ...dayFacts(one, exceptional), mean: one.day.pollutants.pm25.mean }));
  const yearUnder = async (policy: string, edition: AirEdition): Promise<MeanYear> => {
    const limit = limitOf(edition, 'pm25', 'year', 2);
    return {
      edition: edition.label,
      ...(limit === undefined ? {} : { limit }),
      validity: edition.validity,
      days: meanDays(judged.get(policy) ?? []),
      history: meanDays(await history(days, edition.id, moment)),
    };
  };
  const others: MeanYear[] = [];
  for (const edition of standards.editions) others.push(await yearUnder(edition.id, edition));
  const chosen = await yearUnder(BY_DATE, editionFor(standards.editions, today));
  return withListedDays(meanTarget({ target, year, today, chosen, others, demonstration, random }), moment);
}
