import type { TargetView } from '@clearbay/contract/api.ts';
import type { ExceptionalDay, PlanTarget } from '@clearbay/domain/district.ts';
import { approximate } from '@clearbay/domain/exact.ts';
import type { AirStandards } from '@clearbay/domain/kinds/air/standard.ts';
import { editionFor } from '@clearbay/domain/standards.ts';
import { STRICT_RULES, type TargetDay } from '@clearbay/domain/targets/budget.ts';
import { goodDayTarget, type JudgedYear } from '@clearbay/domain/targets/good-days.ts';
import { type MeanDay, meanTarget } from '@clearbay/domain/targets/mean.ts';
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

/** The judged days as the target takes them, the listed ones marked. */
function targetDays(judged: readonly JudgedDistrictDay[], listed: readonly ExceptionalDay[]): TargetDay[] {
  const dates = new Set(listed.map(({ date }) => date));
  return judged.map(({ day: { date, good, aqi, primary }, simulated }) => ({
    date,
    good,
    aqi,
    primary,
    origin: simulated ? ('simulated' as const) : ('measured' as const),
    exceptional: dates.has(date),
  }));
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
    random,
  });
  if (figure.withoutExceptional === undefined) return figure;
  const listed = exceptional.filter(({ date }) => date >= `${year}-01-01` && date < today);
  return { ...figure, withoutExceptional: { ...figure.withoutExceptional, days: listed } };
}

function meanDay({ day, simulated }: JudgedDistrictDay): MeanDay {
  const { mean } = day.pollutants.pm25;
  return { date: day.date, value: mean === null ? null : approximate(mean), origin: simulated ? 'simulated' : 'measured' };
}

/** PM2.5 年均浓度: the mean of the district's valid daily means. */
export async function pm25Mean(
  target: PlanTarget,
  days: AirDays,
  standards: AirStandards,
  moment: TargetMoment,
): Promise<TargetView> {
  const { year, today, runningDay, demonstration, random } = moment;
  const edition = editionFor(standards.editions, today);
  const { from, until } = endedSpan(year, runningDay);
  const judged = (await days.days([BY_DATE], from, until)).get(BY_DATE) ?? [];
  return meanTarget({
    target,
    year,
    today,
    days: judged.map(meanDay),
    history: (await history(days, edition.id, moment)).map(meanDay),
    edition: edition.label,
    minimumDays: edition.validity.yearDays,
    demonstration,
    random,
  });
}
