import type { Assessment } from '../../assessment.ts';
import { exactValue } from '../../exact.ts';
import type { Origin } from '../../reading.ts';
import { dateOf, dayStart } from '../../time.ts';
import type { AirDetail, RunningHour } from './detail.ts';
import { districtMean } from './district.ts';
import { chooseEdition } from './edition-choice.ts';
import { assessHour } from './hour-assessment.ts';
import { indexOfMean } from './iaqi.ts';
import { dayPlan } from './index-plan.ts';
import { type DayOutlook, floorTo, openVerdict, type PollutantOutlook } from './outlook.ts';
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
 * The district's running day from those of its stations: values so far are averaged, and so is what the remaining hours
 * may have; for O3, whose maximum does not average that way, the strictest station's allowance holds, which is on the safe side.
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
  POLLUTANTS.forEach((pollutant, slot) => {
    const own = current.map((today) => today.pollutants[pollutant]).filter((each) => each.canBeValid);
    const values = own.map((each) => each.value).filter((value) => value !== null);
    const allowed = own.map((each) => each.allowedMean).filter((value) => value !== null);
    const value = values.length === 0 ? null : average(values);
    const column = plan.items.findLast((item) => item.pollutant === slot)?.column;
    const decimals = (column?.decimals ?? 0) + 1;
    const allowedMean =
      allowed.length === 0 ? null : pollutant === 'o3' ? Math.min(...allowed) : floorTo(average(allowed), decimals);
    pollutants[pollutant] = {
      valid: Math.max(0, ...own.map((each) => each.valid)),
      needed: current[0]?.pollutants[pollutant].needed ?? 0,
      canBeValid: own.length > 0,
      value,
      iaqi: value === null || column === undefined ? null : Math.max(0, indexOfMean(column, exactValue(value), plan.round)),
      allowedMean,
      lost: pollutant === 'o3' ? own.length > 0 && own.every((each) => each.lost) : allowedMean !== null && allowedMean < 0,
    };
  });
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

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
