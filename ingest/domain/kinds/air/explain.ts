import type { Derivation, DerivationStep } from '../../derivation.ts';
import type { AirStation } from '../../district.ts';
import { type ExactMean, roundMean } from '../../exact.ts';
import type { Reading } from '../../reading.ts';
import { DAY_MS, dateOf, dayStart, HOUR_MS, hourEnd } from '../../time.ts';
import { categoryOf } from './aqi.ts';
import { type DayJudgement, judgeDay } from './day.ts';
import { chooseEdition } from './edition-choice.ts';
import { explainInputs } from './explain-inputs.ts';
import { explainPeriod } from './explain-period.ts';
import { hourInputs } from './hour.ts';
import { type HourRow, hourTable, minutesCovered } from './hour-table.ts';
import { hourPlan } from './index-plan.ts';
import { POLLUTANT_NAMES, pollutantList, unitOf } from './pollutant-names.ts';
import { readingHours } from './reading-hours.ts';
import { judgeInputs, type RowAssessment } from './row.ts';
import { type AirEdition, type AirStandards, POLLUTANTS } from './standard.ts';
import { judgeDays } from './year.ts';

interface Index {
  readonly aqi: number | null;
  readonly lowerBound: number | null;
  readonly primary: RowAssessment['primary'];
  readonly missing: RowAssessment['missing'];
}

/**
 * Derivation of an hour (period up to 1 h), a day (up to 24 h) or a longer span (its days) from readings.  A day or span still running is explained as far as it goes.
 */
export function explainAir(
  station: AirStation,
  readings: readonly Reading[],
  period: { readonly start: number; readonly end: number },
  standards: AirStandards,
  now: number,
): Derivation {
  const rows = readingHours(readings);
  const choose = chooseEdition(standards);
  const length = period.end - period.start;
  const date = dateOf(dayStart(period.start + 1));
  const edition = choose(date);
  if (length <= HOUR_MS) return explainHour(station, readings, rows, hourEnd(period.end), edition, date);
  const firstEnd = dayStart(period.start + 1) + HOUR_MS;
  const lastEnd = Math.max(firstEnd, hourEnd(period.end));
  const table = hourTable(rows, { firstEnd, lastEnd }, edition.validity);
  if (length <= DAY_MS) {
    const day = judgeDay(table, firstEnd - HOUR_MS, edition, station);
    return explainDay(day, readings, Math.min(now, period.end));
  }
  const until = Math.min(now, period.end);
  return explainPeriod(judgeDays(table, { from: firstEnd - HOUR_MS, until }, choose, station), edition, station);
}

function explainHour(
  station: AirStation,
  readings: readonly Reading[],
  rows: readonly HourRow[],
  end: number,
  edition: AirEdition,
  date: string,
): Derivation {
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
  return {
    figure: figureOf(index, edition),
    edition: edition.label,
    inputs: explainInputs(readings, end - HOUR_MS, end),
    steps: [editionStep(edition, date), ...means, ...indexSteps(index.iaqi, index, edition)],
  };
}

function explainDay(day: DayJudgement, readings: readonly Reading[], until: number): Derivation {
  const { edition, ozone } = day;
  const { validity, assessment } = edition;
  const steps = POLLUTANTS.map((pollutant): DerivationStep => {
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
  });
  const iaqi = Object.fromEntries(POLLUTANTS.map((pollutant) => [pollutant, day.pollutants[pollutant].iaqi]));
  return {
    figure: figureOf(day, edition),
    edition: edition.label,
    inputs: explainInputs(readings, day.start, until),
    steps: [editionStep(edition, day.date), ...steps, ...indexSteps(iaqi, day, edition)],
  };
}

function editionStep(edition: AirEdition, date: string): DerivationStep {
  return {
    text: {
      zh: `${date} 按 ${edition.name.zh} 与 ${edition.index.label} 评价`,
      en: `${date} is judged by ${edition.name.en} and ${edition.index.label}`,
    },
    clause: edition.index.label,
    values: { date, validFrom: edition.validFrom, validTo: edition.validTo },
  };
}

function indexSteps(iaqi: Readonly<Record<string, number | null>>, index: Index, edition: AirEdition): DerivationStep[] {
  const { clauses } = edition.index;
  const known = POLLUTANTS.filter((pollutant) => iaqi[pollutant] != null);
  const phrase = known.map((pollutant) => `${POLLUTANT_NAMES[pollutant].en} ${iaqi[pollutant]}`).join(', ');
  const missing = pollutantList(index.missing);
  const primary = pollutantList(index.primary);
  const steps: DerivationStep[] = [
    { text: { zh: `空气质量分指数：${phrase}`, en: `IAQI: ${phrase}` }, clause: clauses.formula, values: iaqi },
  ];
  if (index.missing.length > 0) {
    steps.push({
      text: {
        zh: `缺${missing.zh}，其余最大 ${index.lowerBound ?? '—'}：${index.aqi === null ? '不发布' : '照常发布'}`,
        en: `${missing.en} missing, the others at most ${index.lowerBound ?? '—'}: ${index.aqi === null ? 'not published' : 'published'}`,
      },
      clause: clauses.missing,
      values: { lowerBound: index.lowerBound },
    });
  }
  steps.push({
    text: {
      zh: `AQI ${index.aqi ?? 'NA'}${primary.zh === '' ? '' : `，首要污染物：${primary.zh}`}`,
      en: `AQI ${index.aqi ?? 'NA'}${primary.en === '' ? '' : `, primary pollutant: ${primary.en}`}`,
    },
    clause: clauses.aqi,
    values: { aqi: index.aqi, category: categoryOf(edition.index, index.aqi ?? -1)?.code ?? null },
  });
  return steps;
}

function figureOf(index: Index, edition: AirEdition): Derivation['figure'] {
  const category = categoryOf(edition.index, index.aqi ?? -1);
  if (index.aqi === null || category === undefined) return { zh: 'AQI NA，不评价', en: 'AQI NA, not judged' };
  return { zh: `AQI ${index.aqi}，${category.name.zh}`, en: `AQI ${index.aqi}, ${category.name.en}` };
}
