import type { Derivation, DerivationInput, DerivationStep } from '../../derivation.ts';
import type { AirStation } from '../../district.ts';
import type { DayJudgement } from './day.ts';
import { enoughForMonth, enoughForYear, judgePeriod, type PeriodStatistic } from './period.ts';
import { POLLUTANT_NAMES, unitOf } from './pollutant-names.ts';
import { type AirEdition, POLLUTANTS } from './standard.ts';

const LONGEST_MONTH = 31;

/** Derivation of a span of days: its inputs are the daily values, its steps the good days and each pollutant's statistics. */
export function explainPeriod(days: readonly DayJudgement[], first: AirEdition, station: AirStation): Derivation {
  const edition = days.at(-1)?.edition ?? first;
  const month = Number((days[0]?.date ?? '').slice(5, 7));
  const enough = days.length <= LONGEST_MONTH ? enoughForMonth(edition, month) : enoughForYear(edition);
  const period = judgePeriod(days, edition, enough, station);
  const { good, valid, na, printedPercent } = period.goodDays.asMeasured;
  const editions = [...new Set(days.map((day) => day.edition.label))].join('; ');
  const goodStep: DerivationStep = {
    text: {
      zh: `优良 ${good} 天，有效 ${valid} 天，未评价 ${na} 天，优良率 ${printedPercent ?? '—'} %`,
      en: `${good} good of ${valid} valid days, ${na} not judged, ${printedPercent ?? '—'} % good`,
    },
    clause: edition.assessment.clauses.goodDays,
    values: { good, valid, na, percent: printedPercent },
  };
  const steps = POLLUTANTS.map((pollutant): DerivationStep => {
    const judged = period.pollutants[pollutant];
    const { zh, en } = POLLUTANT_NAMES[pollutant];
    return {
      text: {
        zh: `${zh}：有效 ${judged.validDays} 天，均值 ${shown(judged.mean)}，第 ${judged.percent} 百分位 ${shown(judged.percentile)}`,
        en: `${en}: ${judged.validDays} valid days, mean ${shown(judged.mean)}, percentile ${judged.percent} ${shown(judged.percentile)}`,
      },
      clause: edition.assessment.clauses.annual,
      values: {
        validDays: judged.validDays,
        mean: judged.mean.value,
        meanLimit: judged.mean.limit,
        percentile: judged.percentile.value,
        percentileLimit: judged.percentile.limit,
        unit: unitOf(pollutant),
      },
    };
  });
  return {
    figure: {
      zh: `优良天数比例 ${printedPercent ?? '—'} %`,
      en: `Good-day rate ${printedPercent ?? '—'} %`,
    },
    edition: editions === '' ? edition.label : editions,
    inputs: dailyInputs(days),
    steps: [goodStep, ...steps],
  };
}

function shown({ value, limit }: PeriodStatistic): string {
  if (value === null) return '—';
  return limit === null ? `${value}` : `${value} / ${limit}`;
}

function dailyInputs(days: readonly DayJudgement[]): DerivationInput[] {
  return days.flatMap((day) =>
    POLLUTANTS.flatMap((pollutant): DerivationInput[] => {
      const { value } = day.pollutants[pollutant];
      if (value === null) return [];
      return [{ metric: pollutant, at: day.start, value, unit: unitOf(pollutant), flags: [] }];
    }),
  );
}
