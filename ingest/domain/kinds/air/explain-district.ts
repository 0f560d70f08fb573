import type { Derivation, DerivationInput, DerivationStep } from '../../derivation.ts';
import type { AirStation } from '../../district.ts';
import { type ExactMean, roundMean } from '../../exact.ts';
import type { Reading } from '../../reading.ts';
import type { Text } from '../../text.ts';
import { DAY_MS, dateOf, dayStart, HOUR_MS, hourEnd } from '../../time.ts';
import { type DayJudgement, judgeDay } from './day.ts';
import { countsForDistrict, districtMean, judgeDistrictDay } from './district.ts';
import { chooseEdition } from './edition-choice.ts';
import { shortReason } from './explain-gaps.ts';
import { editionStep, figureOf, indexSteps } from './explain-index.ts';
import { type HourRow, hourTable, minutesCovered } from './hour-table.ts';
import { hourPlan } from './index-plan.ts';
import { POLLUTANT_NAMES, unitOf } from './pollutant-names.ts';
import { readingHours } from './reading-hours.ts';
import { judgeInputs } from './row.ts';
import { type AirEdition, type AirStandards, POLLUTANTS, type Pollutant } from './standard.ts';

/** A station of the district with its readings; those that do not count are named as left out. */
export interface DistrictMember {
  readonly station: AirStation;
  readonly readings: readonly Reading[];
}

interface Counted {
  readonly station: AirStation;
  readonly rows: readonly HourRow[];
}

/** One pollutant over the stations: their means, null where a station has no valid one, and the district's. */
interface Averaged {
  readonly pollutant: Pollutant;
  readonly members: readonly { readonly station: AirStation; readonly mean: ExactMean | null }[];
  readonly mean: ExactMean | null;
}

/**
 * Derivation of the district's air of an hour (period up to 1 h) or a day: concentrations of the official stations in service are averaged
 * first, then come IAQI and AQI. By the edition asked for by id (a RangeError for one that does not exist) or that of the day; what still runs
 * at `now` is so far and not judged. Undefined where no station that counts has a value in the period.
 */
export function explainDistrictAir(
  name: Text,
  members: readonly DistrictMember[],
  period: { readonly start: number; readonly end: number },
  standards: AirStandards,
  now: number,
  asked?: string,
): Derivation | undefined {
  const edition = chooseEdition(standards, asked)(dateOf(dayStart(period.start + 1)));
  const counted = members
    .filter(({ station }) => countsForDistrict(station))
    .map(({ station, readings }): Counted => ({ station, rows: readingHours(readings) }));
  const hourly = period.end - period.start <= HOUR_MS;
  const explained = hourly
    ? explainHour(counted, hourEnd(period.end), edition, now)
    : explainDay(counted, dayStart(period.start + 1), edition, Math.min(now, period.end));
  if (explained === undefined) return undefined;
  const { figure, inputs, steps } = explained;
  return {
    figure: { zh: `${name.zh}：${figure.zh}`, en: `${name.en}: ${figure.en}` },
    edition: edition.label,
    inputs,
    steps: [editionStep(edition, dateOf(dayStart(period.start + 1))), ...notCountedSteps(members, edition), ...steps],
  };
}

function explainHour(
  stations: readonly Counted[],
  end: number,
  edition: AirEdition,
  now: number,
): Omit<Derivation, 'edition'> | undefined {
  const tables = stations.map(({ station, rows }) => ({
    station,
    table: hourTable(rows, { firstEnd: end, lastEnd: end }, edition.validity),
  }));
  if (tables.every(({ table }) => table.means.every(([mean]) => mean === undefined))) return undefined;
  const averaged = POLLUTANTS.map((pollutant, slot): Averaged => {
    const own = tables.map(({ station, table }) => ({ station, mean: table.means[slot]?.[0] ?? null }));
    const means = own.map(({ mean }) => mean);
    return { pollutant, members: own, mean: districtMean(means, stations.length, edition) ?? null };
  });
  const plan = hourPlan(edition);
  const inputs = plan.inputs.map((input) => averaged[POLLUTANTS.indexOf(input as Pollutant)]?.mean ?? undefined);
  const notMonitored = averaged
    .filter(({ pollutant, members }) =>
      members.every(({ station, mean }) => mean === null && station.notMonitored.includes(pollutant)),
    )
    .map(({ pollutant }) => pollutant);
  const index = judgeInputs(plan, inputs, notMonitored);
  const running = now < end;
  return {
    figure: figureOf(index, edition, running),
    inputs: [...meanInputs(averaged, end), ...shortInputs(stations, averaged, end, edition)],
    steps: [...averaged.map((each) => meanStep(each, edition)), ...indexSteps(index.iaqi, index, edition, running)],
  };
}

function explainDay(
  stations: readonly Counted[],
  start: number,
  edition: AirEdition,
  until: number,
): Omit<Derivation, 'edition'> | undefined {
  const lastEnd = Math.max(start, Math.floor(until / HOUR_MS) * HOUR_MS);
  const days = stations
    .filter(({ rows }) => rows.some(({ at, validCount }) => validCount > 0 && at > start && at <= lastEnd))
    .map(({ station, rows }): { readonly station: AirStation; readonly day: DayJudgement } => {
      const table = hourTable(rows, { firstEnd: start + HOUR_MS, lastEnd }, edition.validity);
      return { station, day: judgeDay(table, start, edition, station) };
    });
  const district = judgeDistrictDay(
    days.map(({ day }) => day),
    edition,
  );
  if (district === undefined) return undefined;
  const averaged = POLLUTANTS.map(
    (pollutant): Averaged => ({
      pollutant,
      members: days.map(({ station, day }) => ({ station, mean: day.pollutants[pollutant].mean })),
      mean: district.pollutants[pollutant].mean,
    }),
  );
  const running = until < start + DAY_MS;
  const iaqi = Object.fromEntries(POLLUTANTS.map((pollutant) => [pollutant, district.pollutants[pollutant].iaqi]));
  return {
    figure: figureOf(district, edition, running),
    inputs: meanInputs(averaged, start),
    steps: [...averaged.map((each) => meanStep(each, edition)), ...indexSteps(iaqi, district, edition, running)],
  };
}

/** Says which stations of the district do not count, and why. */
function notCountedSteps(members: readonly DistrictMember[], edition: AirEdition): DerivationStep[] {
  const others = members.filter(({ station }) => !countsForDistrict(station)).map(({ station }) => station);
  if (others.length === 0) return [];
  const why = ({ state }: AirStation): Text =>
    state === 'service' ? { zh: '非正式站点', en: 'not official' } : { zh: '未在运行', en: 'not in service' };
  return [
    {
      text: {
        zh: `不参与全区评价：${others.map((station) => `${station.name.zh}（${why(station).zh}）`).join('、')}`,
        en: `left out of the district: ${others.map((station) => `${station.name.en} (${why(station).en})`).join(', ')}`,
      },
      clause: edition.assessment.clauses.district,
      values: { stations: others.map(({ id }) => id).join(';') },
    },
  ];
}

/** One pollutant averaged over the stations that have it, the others named. */
function meanStep({ pollutant, members, mean }: Averaged, edition: AirEdition): DerivationStep {
  const { zh, en } = POLLUTANT_NAMES[pollutant];
  const without = members.filter((member) => member.mean === null).map(({ station }) => station);
  const rounded = mean === null ? null : roundMean(mean, edition.index.decimals[pollutant]);
  const present = members.length - without.length;
  const absent = (language: 'zh' | 'en') => without.map(({ name }) => name[language]).join(language === 'zh' ? '、' : ', ');
  return {
    text: {
      zh: `${zh}：${members.length} 个站点中 ${present} 个的均值 ${rounded ?? '无效'}${without.length === 0 ? '' : `；无有效值：${absent('zh')}`}`,
      en: `${en}: mean of ${present} of ${members.length} stations ${rounded ?? 'not valid'}${without.length === 0 ? '' : `; no valid value: ${absent('en')}`}`,
    },
    clause: edition.assessment.clauses.district,
    values: {
      stations: present,
      of: members.length,
      mean: mean === null ? null : roundMean(mean, 6),
      rounded,
      unit: unitOf(pollutant),
    },
  };
}

/** The stations' unrounded means, to six decimals. */
function meanInputs(averaged: readonly Averaged[], at: number): DerivationInput[] {
  return averaged.flatMap(({ pollutant, members }) =>
    members.flatMap(({ station, mean }): DerivationInput[] =>
      mean === null
        ? []
        : [{ station: station.id, metric: pollutant, at, value: roundMean(mean, 6), unit: unitOf(pollutant), flags: [] }],
    ),
  );
}

/** Means of hours with too little sampling, marked as left out. */
function shortInputs(
  stations: readonly Counted[],
  averaged: readonly Averaged[],
  end: number,
  edition: AirEdition,
): DerivationInput[] {
  return averaged.flatMap(({ pollutant, members }) =>
    stations.flatMap(({ station, rows }, place): DerivationInput[] => {
      const row = rows.find(({ metric, at }) => metric === pollutant && at === end);
      if (row === undefined || row.validCount === 0 || members[place]?.mean !== null) return [];
      const value = roundMean({ sumMicro: row.sumMicro, count: row.validCount }, 6);
      const excluded = shortReason(pollutant, minutesCovered(row.validMs), edition);
      return [{ station: station.id, metric: pollutant, at: end, value, unit: unitOf(pollutant), flags: [], excluded }];
    }),
  );
}
