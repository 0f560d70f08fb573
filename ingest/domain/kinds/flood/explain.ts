import type { Derivation, DerivationInput, DerivationStep } from '../../derivation.ts';
import type { FloodStation } from '../../district.ts';
import { isExcluded, markFlags, qualityNames } from '../../quality.ts';
import type { Reading } from '../../reading.ts';
import { editionFor } from '../../standards.ts';
import { localDate } from '../../time.ts';
import { assessGauge } from './assess.ts';
import type { FloodDetail } from './detail.ts';
import { GaugeWindow, gaugeReport } from './gauge-window.ts';
import { FLOOD_METRICS } from './metrics.ts';
import { LINE_TEXT } from './stages.ts';
import type { FloodStandards } from './standards.ts';

/** Values of the kind's metrics with their flags and why they were left out, ascending in time. */
function inputsOf(readings: readonly Reading[]): DerivationInput[] {
  return [...readings]
    .sort((a, b) => a.at - b.at)
    .flatMap((reading) =>
      FLOOD_METRICS.flatMap(({ id, unit }): DerivationInput[] => {
        const value = reading.values[id];
        if (value === undefined) return [];
        const flags = (reading.quality?.[id] ?? 0) | markFlags(reading.marks?.[id]);
        const names = qualityNames(flags);
        const input = { metric: id, at: reading.at, value, unit, flags: names };
        if (!isExcluded(flags)) return [input];
        return [{ ...input, excluded: { zh: `质量标记：${names.join('、')}`, en: `quality flags: ${names.join(', ')}` } }];
      }),
    );
}

function levelSteps(detail: FloodDetail, stageText: { zh: string; en: string }, clause: string): DerivationStep[] {
  const { level } = detail;
  if (level === null) return [{ text: { zh: '没有有效水位', en: 'there is no valid level' }, clause, values: {} }];
  const steps: DerivationStep[] = [
    {
      text: {
        zh: `最新有效水位 ${level.value.toFixed(2)} 米（${detail.datum.zh}）${level.suspect ? '，存疑' : ''}`,
        en: `newest valid level ${level.value.toFixed(2)} m (${detail.datum.en})${level.suspect ? ', in doubt' : ''}`,
      },
      clause,
      values: { level: level.value, at: level.at },
    },
  ];
  for (const line of detail.lines) {
    const side = line.reached ? { zh: '已达到', en: 'reached' } : { zh: '未达到', en: 'not reached' };
    steps.push({
      text: {
        zh: `${LINE_TEXT[line.line].zh} ${line.height.toFixed(2)} 米，${side.zh}，相距 ${line.distance.toFixed(2)} 米`,
        en: `${LINE_TEXT[line.line].en} ${line.height.toFixed(2)} m, ${side.en}, ${line.distance.toFixed(2)} m away`,
      },
      clause,
      values: { height: line.height, distance: line.distance, hours: line.time?.hours ?? null },
    });
  }
  steps.push({
    text: { zh: `等级：${stageText.zh}`, en: `stage: ${stageText.en}` },
    clause,
    values: { stage: detail.stage, nearWarning: detail.nearWarning },
  });
  const { slope, basis } = detail.rise;
  if (slope !== null) {
    const what = basis === 'residual' ? { zh: '扣除潮汐后的上涨率', en: 'rise above the tide' } : { zh: '上涨率', en: 'rise' };
    steps.push({
      text: {
        zh: `${what.zh} ${slope.mPerHour.toFixed(2)} 米/小时（${slope.low.toFixed(2)} 至 ${slope.high.toFixed(2)}，${slope.points} 个点）`,
        en: `${what.en} ${slope.mPerHour.toFixed(2)} m/h (${slope.low.toFixed(2)} to ${slope.high.toFixed(2)}, ${slope.points} points)`,
      },
      clause: 'Theil–Sen',
      values: { mPerHour: slope.mPerHour, low: slope.low, high: slope.high, points: slope.points },
    });
  }
  return steps;
}

function rainSteps(detail: FloodDetail, clause: string): DerivationStep[] {
  const { rain } = detail;
  if (rain.at === null) return [];
  const least = (complete: boolean): { zh: string; en: string } =>
    complete ? { zh: '', en: '' } : { zh: '至少 ', en: 'at least ' };
  const steps = rain.sums.map((sum): DerivationStep => {
    const mm = sum.mm === null ? '—' : sum.mm.toFixed(1);
    return {
      text: {
        zh: `${sum.hours} 小时雨量 ${least(sum.complete).zh}${mm} 毫米`,
        en: `${least(sum.complete).en}${mm} mm of rain in ${sum.hours} h`,
      },
      clause,
      values: { hours: sum.hours, mm: sum.mm },
    };
  });
  for (const [hours, grade] of [[12, rain.grade12] as const, [24, rain.grade24] as const]) {
    if (grade === null) continue;
    steps.push({
      text: { zh: `${hours} 小时降水等级：${grade.text.zh}`, en: `${hours} h grade: ${grade.text.en}` },
      clause,
      values: { grade: grade.code },
    });
  }
  return steps;
}

/**
 * How a gauge's stage at the end of a period came about: readings of the period with what was left out, lines, rise, rain sums and grades.
 * Sums reach back 24 h, so the readings should begin a day before the moment explained.
 */
export function explainFlood(
  station: FloodStation,
  readings: readonly Reading[],
  period: { readonly start: number; readonly end: number },
  standards: FloodStandards,
): Derivation {
  const window = new GaugeWindow();
  const until = readings.filter((reading) => reading.at <= period.end);
  for (const reading of until) {
    const report = gaugeReport(reading);
    if (report !== undefined) window.insert(report);
  }
  const assessment = assessGauge(station, window.reports(), standards);
  const date = localDate(period.end);
  return {
    figure: {
      zh: `${station.name.zh}：${assessment.rating.text.zh}，${assessment.reason.zh}`,
      en: `${station.name.en}: ${assessment.rating.text.en}, ${assessment.reason.en}`,
    },
    edition: assessment.edition,
    inputs: inputsOf(until),
    steps: [
      ...levelSteps(assessment.detail, assessment.rating.text, editionFor(standards.stages, date).clause),
      ...rainSteps(assessment.detail, editionFor(standards.rainGrades, date).clause),
    ],
  };
}
