import { type Derivation, type DerivationInput, type DerivationStep, soFar } from '../../derivation.ts';
import type { AirStation } from '../../district.ts';
import type { Text } from '../../text.ts';
import type { DayJudgement } from './day.ts';
import { enoughForMonth, enoughForYear, judgePeriod, type PeriodJudgement, type PeriodStatistic } from './period.ts';
import { POLLUTANT_NAMES, pollutantList, unitOf } from './pollutant-names.ts';
import { type AirEdition, POLLUTANTS, type Pollutant } from './standard.ts';

const LONGEST_MONTH = 31;
/** Days without a judgement that a sentence names; a year may have many. */
const MOST_NAMED = 10;

/**
 * Derivation of a span of days: its inputs are the daily values, its steps the good days, the days that were not judged, each pollutant's
 * statistics with its compliance, and the composite index. `running`: the span has not ended.
 */
export function explainPeriod(
  days: readonly DayJudgement[],
  first: AirEdition,
  station: AirStation,
  running: boolean,
): Derivation {
  const edition = days.at(-1)?.edition ?? first;
  const month = Number((days[0]?.date ?? '').slice(5, 7));
  const enough = days.length <= LONGEST_MONTH ? enoughForMonth(edition, month) : enoughForYear(edition);
  const period = judgePeriod(days, edition, enough, station);
  const { printedPercent } = period.goodDays.asMeasured;
  const editions = [...new Set(days.map((day) => day.edition.label))].join('; ');
  const figure = { zh: `优良天数比例 ${printedPercent ?? '—'} %`, en: `Good-day rate ${printedPercent ?? '—'} %` };
  return {
    figure: running ? soFar(figure) : figure,
    edition: editions === '' ? edition.label : editions,
    inputs: dailyInputs(days),
    steps: [
      goodDayStep(period),
      ...notJudgedSteps(days, edition),
      ...POLLUTANTS.map((pollutant) => pollutantStep(pollutant, period)),
      complianceStep(period),
      ...compositeSteps(period),
    ],
  };
}

function goodDayStep({ goodDays, edition }: PeriodJudgement): DerivationStep {
  const { good, valid, na, printedPercent } = goodDays.asMeasured;
  return {
    text: {
      zh: `优良 ${good} 天，有效 ${valid} 天，未评价 ${na} 天，优良率 ${printedPercent ?? '—'} %`,
      en: `${good} good of ${valid} valid days, ${na} not judged, ${printedPercent ?? '—'} % good`,
    },
    clause: edition.assessment.clauses.goodDays,
    values: { good, valid, na, percent: printedPercent },
  };
}

/** Names the days that have no AQI and what they lack. */
function notJudgedSteps(days: readonly DayJudgement[], { index }: AirEdition): DerivationStep[] {
  const open = days.filter((day) => day.good === null);
  if (open.length === 0) return [];
  const named = (language: 'zh' | 'en', between: string) =>
    open
      .slice(0, MOST_NAMED)
      .map((day) => `${day.date} (${pollutantList(day.missing)[language]})`)
      .join(between);
  const more = open.length - MOST_NAMED;
  return [
    {
      text: {
        zh: `未评价的日子及所缺项目：${named('zh', '、')}${more > 0 ? `，另 ${more} 天` : ''}`,
        en: `days not judged and what they lack: ${named('en', ', ')}${more > 0 ? ` and ${more} more` : ''}`,
      },
      clause: index.clauses.missing,
      values: { days: open.map((day) => day.date).join(';') },
    },
  ];
}

const MEETS: Readonly<Record<'true' | 'false' | 'null', Text>> = {
  true: { zh: '达标', en: 'meets' },
  false: { zh: '超标', en: 'exceeds' },
  null: { zh: '有效天数不足，不评价', en: 'too few valid days, not judged' },
};

function pollutantStep(pollutant: Pollutant, { pollutants, edition }: PeriodJudgement): DerivationStep {
  const judged = pollutants[pollutant];
  const { zh, en } = POLLUTANT_NAMES[pollutant];
  const verdict = MEETS[`${judged.meets}`];
  return {
    text: {
      zh: `${zh}：有效 ${judged.validDays} 天，均值 ${shown(judged.mean)}，第 ${judged.percent} 百分位 ${shown(judged.percentile)}：${verdict.zh}`,
      en: `${en}: ${judged.validDays} valid days, mean ${shown(judged.mean)}, percentile ${judged.percent} ${shown(judged.percentile)}: ${verdict.en}`,
    },
    clause: edition.assessment.clauses.annual,
    values: {
      validDays: judged.validDays,
      mean: judged.mean.value,
      meanLimit: judged.mean.limit,
      meanExceedance: judged.mean.exceedance,
      percentile: judged.percentile.value,
      percentileLimit: judged.percentile.limit,
      percentileExceedance: judged.percentile.exceedance,
      meets: judged.meets === null ? null : String(judged.meets),
      unit: unitOf(pollutant),
    },
  };
}

function complianceStep({ meets, edition, pollutants }: PeriodJudgement): DerivationStep {
  const over = pollutantList(POLLUTANTS.filter((pollutant) => pollutants[pollutant].meets === false));
  const verdict = meets === null ? { zh: '不能评价', en: 'cannot be said' } : MEETS[`${meets}`];
  return {
    text: {
      zh: `六项综合：${verdict.zh}${over.zh === '' ? '' : `（${over.zh}）`}`,
      en: `all pollutants together: ${verdict.en}${over.en === '' ? '' : ` (${over.en})`}`,
    },
    clause: edition.assessment.clauses.annual,
    values: { meets: meets === null ? null : String(meets) },
  };
}

function compositeSteps({ composite, edition }: PeriodJudgement): DerivationStep[] {
  return composite.map(({ id, name, value }) => ({
    text: { zh: `${name.zh}：${value ?? '—'}`, en: `${name.en}: ${value ?? '—'}` },
    clause: edition.assessment.label,
    values: { variant: id, value },
  }));
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
