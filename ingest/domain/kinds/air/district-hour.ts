import type { Assessment } from '../../assessment.ts';
import { type ExactMean, exactValue, meanOfMeans } from '../../exact.ts';
import type { Origin } from '../../reading.ts';
import { dateOf, dayStart } from '../../time.ts';
import type { AirDetail, RunningHour } from './detail.ts';
import { districtMean } from './district.ts';
import { chooseEdition } from './edition-choice.ts';
import { assessHour } from './hour-assessment.ts';
import { dayPlan, type IndexPlan } from './index-plan.ts';
import { type DayOutlook, openVerdict, type PollutantOutlook, soFar } from './outlook.ts';
import { type GoodBound, goodBound } from './rest-of-day.ts';
import { type AirEdition, type AirStandards, POLLUTANTS, type Pollutant } from './standard.ts';

/**
 * District value of the newest hour that any member has: concentrations of the stations valid in that hour are averaged,
 * then come IAQI and AQI (HJ 663). Undefined where no member has a valid hour. A simulated member makes the whole simulated.
 */
export function districtAssessment(
  id: string,
  members: readonly Assessment<AirDetail>[],
  standards: AirStandards,
): Assessment<AirDetail> | undefined {
  const measured = members.filter((member) => POLLUTANTS.some((pollutant) => member.detail.pollutants[pollutant].valid));
  const [first] = measured;
  if (first === undefined) return undefined;
  const hourEnd = Math.max(...measured.map((member) => member.end));
  const current = measured.filter((member) => member.end === hourEnd);
  const edition = chooseEdition(standards)(dateOf(dayStart(hourEnd)));
  const means = POLLUTANTS.map((pollutant) =>
    districtMean(
      current.map((member) => member.detail.pollutants[pollutant].mean),
      members.length,
      edition,
    ),
  );
  const notMonitored = POLLUTANTS.filter((pollutant) =>
    members.every((member) => member.detail.pollutants[pollutant].mark === '/'),
  );
  return assessHour(
    {
      station: id,
      hourEnd,
      at: Math.max(...current.map((member) => member.at ?? 0)),
      origin: jointOrigin(current),
      means,
      minutes: POLLUTANTS.map((pollutant) => Math.max(...current.map((member) => member.detail.pollutants[pollutant].minutes))),
      notMonitored,
    },
    edition,
    districtRunning(members),
    districtOutlook(members, chooseEdition(standards), notMonitored),
  );
}

function jointOrigin(members: readonly Assessment<AirDetail>[]): Origin {
  for (const origin of ['simulated', 'manual', 'replayed'] as const) {
    if (members.some((member) => member.origin === origin)) return origin;
  }
  return 'measured';
}

function districtRunning(members: readonly Assessment<AirDetail>[]): RunningHour {
  const end = Math.max(...members.map((member) => member.detail.running.end));
  const current = members.map((member) => member.detail.running).filter((running) => running.end === end);
  const means: Record<string, number> = {};
  const counts: Record<string, number> = {};
  for (const metric of new Set(current.flatMap((running) => Object.keys(running.means)))) {
    const values = current.map((running) => running.means[metric]).filter((value) => value !== undefined);
    means[metric] = values.reduce((sum, value) => sum + value, 0) / values.length;
    counts[metric] = current.reduce((sum, running) => sum + (running.counts[metric] ?? 0), 0);
  }
  return { end, means, counts };
}

/**
 * The district's running day from those of its stations: their means so far are averaged, and the rest may have what keeps
 * that average good; for O3, whose maximum does not average that way, the strictest station's allowance holds, which is on
 * the safe side.
 */
function districtOutlook(
  members: readonly Assessment<AirDetail>[],
  choose: (date: string) => AirEdition,
  notMonitored: readonly Pollutant[],
): DayOutlook {
  const start = Math.max(...members.map((member) => member.detail.today.start));
  const current = members.map((member) => member.detail.today).filter((today) => today.start === start);
  const plan = dayPlan(choose(dateOf(start)));
  const pollutants = {} as Record<Pollutant, PollutantOutlook>;
  for (const pollutant of POLLUTANTS) {
    const own = current.filter((today) => today.pollutants[pollutant].canBeValid);
    const outlooks = own.map((today) => today.pollutants[pollutant]);
    const allowedMean = pollutant === 'o3' ? strictest(outlooks) : sharedAllowance(own, pollutant, goodBound(plan, pollutant));
    const mean = meanOfMeans(outlooks.flatMap((each) => each.mean ?? [])) ?? null;
    const maxHour = meanOfMeans(outlooks.flatMap((each) => each.maxHour ?? []));
    const known = { mean, ...(maxHour === undefined ? {} : { maxHour }) };
    pollutants[pollutant] = {
      valid: Math.max(0, ...outlooks.map((each) => each.valid)),
      needed: current[0]?.pollutants[pollutant].needed ?? 0,
      canBeValid: own.length > 0,
      ...known,
      ...soFar(pollutant, known, plan),
      allowedMean,
      lost: pollutant === 'o3' ? ozoneIsLost(outlooks, plan) : allowedMean !== null && allowedMean < 0,
    };
  }
  const aqiSoFar = Math.max(-1, ...POLLUTANTS.map((pollutant) => pollutants[pollutant].iaqi ?? -1));
  return {
    date: dateOf(start),
    start,
    edition: plan.edition.label,
    hoursDone: Math.max(...current.map((today) => today.hoursDone)),
    hoursLeft: Math.min(...current.map((today) => today.hoursLeft)),
    aqiSoFar: aqiSoFar < 0 ? null : aqiSoFar,
    primary: aqiSoFar > plan.primaryAbove ? POLLUTANTS.filter((pollutant) => pollutants[pollutant].iaqi === aqiSoFar) : [],
    verdict: openVerdict(pollutants, plan, { notMonitored }),
    pollutants,
  };
}

const NOTHING = exactValue(0);

/**
 * Whether the district's O3 is out of reach: the maxima so far only rise, so their mean over all stations, a station without
 * one at 0, is the least that the day can have. Without the 1-hour item it is lost as well where it is at every station.
 */
function ozoneIsLost(outlooks: readonly PollutantOutlook[], plan: IndexPlan): boolean {
  if (outlooks.length === 0) return false;
  const least = (of: (outlook: PollutantOutlook) => ExactMean | null | undefined) =>
    meanOfMeans(outlooks.map((outlook) => of(outlook) ?? NOTHING)) ?? NOTHING;
  const hasMaxHour = outlooks.some(({ maxHour }) => maxHour !== undefined);
  const maxHour = hasMaxHour ? { maxHour: least((outlook) => outlook.maxHour) } : {};
  const { iaqi } = soFar('o3', { mean: least((outlook) => outlook.mean), ...maxHour }, plan);
  return (iaqi ?? 0) > 100 || (!hasMaxHour && outlooks.every(({ lost }) => lost));
}

function strictest(outlooks: readonly PollutantOutlook[]): number | null {
  const allowed = outlooks.flatMap(({ allowedMean }) => allowedMean ?? []);
  return allowed.length === 0 ? null : Math.min(...allowed);
}

/**
 * Mean that the remaining hours of all stations may have so that the mean of their day means stays within the bound: each
 * station's day is its valid hours and its remaining ones. Null where no hour remains.
 */
function sharedAllowance(days: readonly DayOutlook[], pollutant: Pollutant, { column, micro }: GoodBound): number | null {
  let spent = 0;
  let share = 0;
  for (const { hoursLeft, pollutants } of days) {
    const { valid, mean } = pollutants[pollutant];
    const hours = valid + hoursLeft;
    if (hours === 0) continue;
    spent += mean === null ? 0 : (mean.sumMicro / mean.count) * (valid / hours);
    share += hoursLeft / hours;
  }
  const steps = 10 ** (column.decimals + 1);
  return share === 0 ? null : Math.floor(((micro * days.length - spent) / share / 1_000_000) * steps) / steps;
}
