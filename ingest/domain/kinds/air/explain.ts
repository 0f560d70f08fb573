import type { Derivation, DerivationStep } from '../../derivation.ts';
import type { AirStation } from '../../district.ts';
import { type ExactMean, roundMean } from '../../exact.ts';
import type { Reading } from '../../reading.ts';
import { DAY_MS, dateOf, dayStart, HOUR_MS, hourEnd } from '../../time.ts';
import { judgeDay } from './day.ts';
import { chooseEdition } from './edition-choice.ts';
import { explainDay } from './explain-day.ts';
import { leftOutOf, shortHours } from './explain-gaps.ts';
import { editionStep, figureOf, indexSteps } from './explain-index.ts';
import { explainInputs } from './explain-inputs.ts';
import { explainPeriod } from './explain-period.ts';
import { hourInputs } from './hour.ts';
import { type HourRow, hourTable, minutesCovered } from './hour-table.ts';
import { hourPlan } from './index-plan.ts';
import { POLLUTANT_NAMES, unitOf } from './pollutant-names.ts';
import { readingHours } from './reading-hours.ts';
import { judgeInputs } from './row.ts';
import { type AirEdition, type AirStandards, POLLUTANTS } from './standard.ts';
import { judgeDays } from './year.ts';

/**
 * Derivation of an hour (period up to 1 h), a day (up to 24 h) or a longer span (its days) from readings, under the edition asked for by id
 * or that of the day (a RangeError for one that does not exist). What still runs at `now` is explained as far as it goes and not judged.
 */
export function explainAir(
  station: AirStation,
  readings: readonly Reading[],
  period: { readonly start: number; readonly end: number },
  standards: AirStandards,
  now: number,
  asked?: string,
): Derivation {
  const rows = readingHours(readings);
  const choose = chooseEdition(standards, asked);
  const length = period.end - period.start;
  const date = dateOf(dayStart(period.start + 1));
  const edition = choose(date);
  const until = Math.min(now, period.end);
  if (length <= HOUR_MS) return explainHour(station, readings, rows, { end: hourEnd(period.end), now }, edition);
  const firstEnd = dayStart(period.start + 1) + HOUR_MS;
  // An hour that still runs takes no part in its day.
  const lastEnd = Math.max(firstEnd - HOUR_MS, Math.floor(until / HOUR_MS) * HOUR_MS);
  const table = hourTable(rows, { firstEnd, lastEnd }, edition.validity);
  if (length <= DAY_MS) return explainDay(judgeDay(table, firstEnd - HOUR_MS, edition, station), readings, rows, table, until);
  const days = judgeDays(table, { from: firstEnd - HOUR_MS, until }, choose, station);
  return explainPeriod(days, edition, station, until < period.end);
}

function explainHour(
  station: AirStation,
  readings: readonly Reading[],
  rows: readonly HourRow[],
  { end, now }: { readonly end: number; readonly now: number },
  edition: AirEdition,
): Derivation {
  const running = now < end;
  const table = hourTable(rows, { firstEnd: end, lastEnd: end }, edition.validity);
  const means: DerivationStep[] = POLLUTANTS.map((pollutant, slot) => {
    const mean = table.means[slot]?.[0];
    const row = rows.find((each) => each.metric === pollutant && each.at === end);
    const minutes = minutesCovered(row?.validMs ?? 0);
    const { zh, en } = POLLUTANT_NAMES[pollutant];
    const rounded = mean === undefined ? null : roundMean(mean, edition.index.decimals[pollutant]);
    return {
      text: {
        zh: `${zh}：${row?.validCount ?? 0} 个有效值，覆盖 ${minutes} 分钟，小时均值 ${rounded ?? '无效'}`,
        en: `${en}: ${row?.validCount ?? 0} valid values cover ${minutes} min, hourly mean ${rounded ?? 'not valid'}`,
      },
      clause: `${edition.validity.standard}, ${edition.validity.clause}`,
      values: {
        validCount: row?.validCount ?? 0,
        minutes,
        mean: mean === undefined ? null : roundMean(mean, 6),
        rounded,
        unit: unitOf(pollutant),
      },
    };
  });
  const plan = hourPlan(edition);
  const inputs: (ExactMean | undefined)[] = [];
  hourInputs(plan, table, 0, inputs);
  const index = judgeInputs(plan, inputs, station.notMonitored);
  // An hour that runs may still reach its minutes.
  const short = running ? new Map() : shortHours(rows, table);
  return {
    figure: figureOf(index, edition, running),
    edition: edition.label,
    inputs: explainInputs(readings, end - HOUR_MS, end, leftOutOf(short, edition)),
    steps: [editionStep(edition, dateOf(dayStart(end))), ...means, ...indexSteps(index.iaqi, index, edition, running)],
  };
}
