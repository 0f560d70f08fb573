import type { Derivation, DerivationStep } from '../../derivation.ts';
import { roundMean } from '../../exact.ts';
import type { Reading } from '../../reading.ts';
import type { Text } from '../../text.ts';
import { DAY_MS, hourEnd } from '../../time.ts';
import type { DayJudgement } from './day.ts';
import { leftOutOf, outsideWindows, shortHourSteps, shortHours, windowSteps } from './explain-gaps.ts';
import { editionStep, figureOf, indexSteps } from './explain-index.ts';
import { explainInputs, type LeftOut } from './explain-inputs.ts';
import type { HourRow, HourTable } from './hour-table.ts';
import { POLLUTANT_NAMES, unitOf } from './pollutant-names.ts';
import { POLLUTANTS, type Pollutant } from './standard.ts';

/** One pollutant of a day: valid hours (or windows of O3), what is needed, the daily value. */
function pollutantStep(day: DayJudgement, pollutant: Pollutant): DerivationStep {
  const { edition, ozone } = day;
  const { validity, assessment } = edition;
  const { value, validHours, mean } = day.pollutants[pollutant];
  const { zh, en } = POLLUTANT_NAMES[pollutant];
  const facts = { validHours, rounded: value, mean: mean === null ? null : roundMean(mean, 6), unit: unitOf(pollutant) };
  if (pollutant === 'o3') {
    return {
      text: {
        zh: `${zh}：${ozone.windows} 个有效 8 小时滑动均值，日最大 8 小时 ${value ?? '无效'}`,
        en: `${en}: ${ozone.windows} valid 8-hour means, daily maximum 8 h ${value ?? 'not valid'}`,
      },
      clause: assessment.clauses.ozoneDay,
      values: { ...facts, windows: ozone.windows, needed: assessment.ozoneDay.minimumWindows, windowEnd: ozone.windowEnd },
    };
  }
  return {
    text: {
      zh: `${zh}：${validHours} 个有效小时（需 ${validity.dayHours}），日均值 ${value ?? '无效'}`,
      en: `${en}: ${validHours} valid hours (${validity.dayHours} needed), daily mean ${value ?? 'not valid'}`,
    },
    clause: `${validity.standard}, ${validity.clause}`,
    values: { ...facts, needed: validity.dayHours },
  };
}

const HOUR_RUNS: Text = { zh: '该小时尚未结束', en: 'its hour still runs' };

/** Derivation of a natural day from its readings up to `until` (epoch ms); before the day's end it is so far and not judged. */
export function explainDay(
  day: DayJudgement,
  readings: readonly Reading[],
  rows: readonly HourRow[],
  table: HourTable,
  until: number,
): Derivation {
  const { edition, start } = day;
  const running = until < start + DAY_MS;
  const short = shortHours(rows, table);
  const shortHour = leftOutOf(short, edition);
  const noWindow = outsideWindows(table, start, until, edition);
  const leftOut: LeftOut = (pollutant, at) =>
    hourEnd(at) > until ? HOUR_RUNS : (shortHour(pollutant, at) ?? noWindow(pollutant, at));
  const steps = POLLUTANTS.flatMap((pollutant) => [
    pollutantStep(day, pollutant),
    ...shortHourSteps(pollutant, short, start, edition),
    ...(pollutant === 'o3' ? windowSteps(table, start, until, edition) : []),
  ]);
  const iaqi = Object.fromEntries(POLLUTANTS.map((pollutant) => [pollutant, day.pollutants[pollutant].iaqi]));
  return {
    figure: figureOf(day, edition, running),
    edition: edition.label,
    inputs: explainInputs(readings, start, until, leftOut),
    steps: [editionStep(edition, day.date), ...steps, ...indexSteps(iaqi, day, edition, running)],
  };
}
