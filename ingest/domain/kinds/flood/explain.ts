import { type Derivation, type DerivationInput, type DerivationStep, soFar } from '../../derivation.ts';
import type { FloodStation } from '../../district.ts';
import { isExcluded, markFlags, qualityNames } from '../../quality.ts';
import type { Reading } from '../../reading.ts';
import { askedEdition, editionFor } from '../../standards.ts';
import { localDate } from '../../time.ts';
import { assessGauge } from './assess.ts';
import type { FloodDetail } from './detail.ts';
import { floodEditions } from './edition-choice.ts';
import { mountainSteps, tideSteps } from './explain-floods.ts';
import { GaugeWindow, gaugeReport } from './gauge-window.ts';
import { FLOOD_METRICS } from './metrics.ts';
import { LINE_TEXT } from './stages.ts';
import type { FloodStandards } from './standards.ts';

const OTHER_DEVICE = { zh: '另一设备的水位，基面未必相同', en: 'a level of another device, whose datum may be another' };

/** Device whose level is judged: one device has one datum. */
function levelDevice(readings: readonly Reading[], { level }: FloodDetail): string | undefined {
  return readings.find(({ at, values }) => at === level?.at && values.level === level.value)?.device;
}

/** Values of the kind's metrics with their flags and why they were left out, ascending in time. */
function inputsOf(readings: readonly Reading[], device: string | undefined): DerivationInput[] {
  return [...readings]
    .sort((a, b) => a.at - b.at)
    .flatMap((reading) =>
      FLOOD_METRICS.flatMap(({ id, unit }): DerivationInput[] => {
        const value = reading.values[id];
        if (value === undefined) return [];
        const flags = (reading.quality?.[id] ?? 0) | markFlags(reading.marks?.[id]);
        const names = qualityNames(flags);
        const input = { metric: id, at: reading.at, value, unit, flags: names };
        if (!isExcluded(flags)) {
          const other = id === 'level' && device !== undefined && reading.device !== device;
          return [other ? { ...input, excluded: OTHER_DEVICE } : input];
        }
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

/** The standards with one edition alone, where one is asked for. */
function narrowed(standards: FloodStandards, date: string, asked: string | undefined): FloodStandards {
  const { stages, grades } = floodEditions(standards, asked)(date);
  return askedEdition(asked) === undefined ? standards : { ...standards, stages: [stages], rainGrades: [grades] };
}

/**
 * How a gauge's stage at the end of a period came about: readings of the period with what was left out, lines, tide, rise, rain sums and grades,
 * mountain flood. Sums reach back 24 h, so the readings should begin a day before the moment explained. By the edition asked for (stages or
 * rain grades; a RangeError where there is none) or the one in force; at `now` before the end the figure is so far and not judged.
 */
export function explainFlood(
  station: FloodStation,
  readings: readonly Reading[],
  period: { readonly start: number; readonly end: number },
  standards: FloodStandards,
  now: number,
  asked?: string,
): Derivation {
  const window = new GaugeWindow();
  const until = readings.filter((reading) => reading.at <= period.end);
  for (const reading of until) {
    const report = gaugeReport(reading);
    if (report !== undefined) window.insert(report);
  }
  const date = localDate(window.reports().at(-1)?.at ?? period.end);
  const judgedBy = narrowed(standards, date, asked);
  const { rating, reason, edition, detail } = assessGauge(station, window.reports(), judgedBy);
  const figure = {
    zh: `${station.name.zh}：${rating.text.zh}，${reason.zh}`,
    en: `${station.name.en}: ${rating.text.en}, ${reason.en}`,
  };
  return {
    figure: now < period.end ? soFar(figure) : figure,
    edition,
    inputs: inputsOf(until, levelDevice(until, detail)),
    steps: [
      ...levelSteps(detail, rating.text, editionFor(judgedBy.stages, date).clause),
      ...tideSteps(station, detail),
      ...rainSteps(detail, editionFor(judgedBy.rainGrades, date).clause),
      ...mountainSteps(station, detail, editionFor(judgedBy.mountain, date)),
    ],
  };
}
