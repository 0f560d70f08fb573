import type { AlertLevel } from '../../alerts/signal.ts';
import { fromMicro, toMicro } from '../../exact.ts';
import type { Text } from '../../text.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Watch } from './detail.ts';
import type { MountainJudgement } from './mountain.ts';
import type { ObservedLevels } from './observed.ts';
import { type RainSum, rainSignal } from './rain.ts';
import type { RiseSlope } from './rise.ts';
import { type FloodLines, LINE_TEXT, type LineName, nearLine, type Stage, stageOf } from './stages.ts';
import type { FloodMeasuring, MountainEdition, RainSignalEdition, StageEdition } from './standards.ts';

const LINE_OF_LEVEL: Readonly<Record<1 | 2 | 3, LineName>> = { 1: 'highestOnRecord', 2: 'guaranteed', 3: 'warning' };

/** The level that may alert: red at once where nothing doubts the sample, every other level when two samples in a row agree. */
function confirmedLevel(
  observed: ObservedLevels,
  stage: Stage,
  lines: FloodLines,
  edition: StageEdition,
  nearM: number,
): AlertLevel | null {
  if (stage.level === 1 && !observed.suspect) return 1;
  return observed.confirmed === null ? null : stageOf(observed.confirmed, lines, edition, nearM).level;
}

/** Level below which the rule `flood-level` clears: the near line less max(3 % of (guaranteed − warning), 0.02 m), or as set. */
function clearLine(lines: FloodLines, edition: StageEdition, nearM: number): number | undefined {
  const near = nearLine(lines, nearM);
  if (near === undefined) return undefined;
  const { warning, guaranteed } = lines;
  const span = typeof warning === 'number' && typeof guaranteed === 'number' ? toMicro(guaranteed) - toMicro(warning) : 0;
  const band = Math.max(Math.round(span * edition.hysteresis.share), toMicro(edition.hysteresis.leastM));
  return fromMicro(toMicro(near) - band);
}

/** Rule `flood-level`: the stage that may alert, by the newest level (m) and what confirms it. Clears only below the near line less the hysteresis, and never on a doubted sample. */
export function watchLevel(
  observed: ObservedLevels,
  stage: Stage,
  lines: FloodLines,
  edition: StageEdition,
  nearM: number,
): Watch {
  const level = confirmedLevel(observed, stage, lines, edition, nearM);
  const clearBelow = clearLine(lines, edition, nearM);
  const value = observed.newest.level;
  const near = nearLine(lines, nearM) ?? null;
  const threshold = level === null || level === 4 ? near : (lines[LINE_OF_LEVEL[level]] ?? near);
  const name: Text =
    level === null || level === 4 ? { zh: '警戒水位临近线', en: 'line near the warning level' } : LINE_TEXT[LINE_OF_LEVEL[level]];
  const line =
    threshold === null ? { zh: '', en: '' } : { zh: `（${threshold.toFixed(2)} 米）`, en: ` (${threshold.toFixed(2)} m)` };
  const doubt = observed.suspect ? { zh: '，数据存疑', en: ', sample in doubt' } : { zh: '', en: '' };
  const relation =
    level === null ? { zh: '低于或待确认', en: 'below, or not yet confirmed at,' } : { zh: '达到或超过', en: 'at or above' };
  return {
    at: observed.newest.at,
    level,
    // A doubted low echo must not end an alert.
    clear: level === null && !observed.suspect && clearBelow !== undefined && toMicro(value) < toMicro(clearBelow),
    value,
    threshold,
    text: {
      zh: `水位 ${value.toFixed(2)} 米，${relation.zh}${name.zh}${line.zh}${doubt.zh}`,
      en: `level ${value.toFixed(2)} m, ${relation.en} the ${name.en}${line.en}${doubt.en}`,
    },
  };
}

/** Rule `flood-rise`; on a tidal station `slope` is that of the residual, null without a fit: then nothing is raised and nothing cleared. */
export function watchRise(
  at: number,
  slope: RiseSlope | null,
  basis: 'level' | 'residual',
  thresholdMPerHour: number,
  measuring: FloodMeasuring,
): Watch | null {
  if (slope === null) return null;
  const windowMin = Math.max(measuring.slope.windowMin, slope.spanMinutes);
  const band = Math.max(thresholdMPerHour * measuring.riseAlert.hysteresisShare, (2 * measuring.resolutionM * 60) / windowMin);
  const rate = slope.mPerHour.toFixed(2);
  const what = basis === 'residual' ? { zh: '扣除潮汐后', en: ' above the tide' } : { zh: '', en: '' };
  const raised = toMicro(slope.mPerHour) >= toMicro(thresholdMPerHour);
  return {
    at,
    level: raised ? measuring.riseAlert.level : null,
    clear: toMicro(slope.mPerHour) < toMicro(thresholdMPerHour - band),
    value: slope.mPerHour,
    threshold: thresholdMPerHour,
    text: {
      zh: `${what.zh}水位上涨率 ${rate} 米/小时（${Math.round(slope.spanMinutes)} 分钟），阈值 ${thresholdMPerHour.toFixed(2)}`,
      en: `level${what.en} rising at ${rate} m/h (${Math.round(slope.spanMinutes)} min), limit ${thresholdMPerHour.toFixed(2)}`,
    },
  };
}

/** Rule `rain`: the rainstorm signal of the sliding totals (mm) that end at `end`, epoch ms. Without a total it neither raises nor clears. */
export function watchRain(totals: readonly RainSum[], end: number, edition: RainSignalEdition): Watch {
  const signal = rainSignal(totals, edition);
  const { deciding, reached } = signal;
  const sum =
    deciding === null
      ? { zh: '无雨量数据', en: 'no rain data' }
      : {
          zh: `${deciding.hours} 小时雨量 ${deciding.mm.toFixed(1)} 毫米（阈值 ${deciding.threshold}）`,
          en: `${deciding.mm.toFixed(1)} mm in ${deciding.hours} h (limit ${deciding.threshold})`,
        };
  return {
    at: end,
    level: reached?.level ?? null,
    clear: signal.clear,
    value: deciding?.mm ?? null,
    threshold: deciding?.threshold ?? null,
    text: reached === null ? sum : { zh: `${reached.text.zh}标准：${sum.zh}`, en: `${reached.text.en} reached: ${sum.en}` },
  };
}

const ACTION_TEXT: Readonly<Record<'none' | 'prepare' | 'move', Text>> = {
  none: { zh: '未达山洪临界雨量', en: 'below the critical rainfall for mountain floods' },
  prepare: { zh: '山洪：准备转移', en: 'mountain flood: prepare to move' },
  move: { zh: '山洪：立即转移', en: 'mountain flood: move now' },
};

/** Rule `mountain-flood`: what holds at the site, with the window nearest to its critical rainfall (mm) and when water from upstream arrives. */
export function watchMountain(at: number, judgement: MountainJudgement, siteName: Text, edition: MountainEdition): Watch {
  const { held, windows, arrivesAt } = judgement;
  const minutes = arrivesAt === null ? 0 : Math.ceil((arrivesAt - at) / MINUTE_MS);
  const coming =
    minutes > 0
      ? { zh: `，上游来水约 ${minutes} 分钟后到达`, en: `, water from upstream in about ${minutes} min` }
      : { zh: '', en: '' };
  const worst = windows.reduce<(typeof windows)[number] | undefined>((chosen, window) => {
    const share = (each: (typeof windows)[number]): number => (each.mm ?? 0) / each.moveMm;
    return chosen === undefined || share(window) > share(chosen) ? window : chosen;
  }, undefined);
  return {
    at,
    level: held === 'none' ? null : edition.levels[held],
    clear: held === 'none' && windows.some((window) => window.mm !== null),
    value: worst?.mm ?? null,
    threshold: worst === undefined ? null : held === 'move' ? worst.moveMm : worst.prepareMm,
    text: {
      zh: `${siteName.zh}，${ACTION_TEXT[held].zh}${worst === undefined ? '' : `（${worst.hours} 小时 ${worst.mm ?? '—'} 毫米）`}${coming.zh}`,
      en: `${siteName.en}, ${ACTION_TEXT[held].en}${worst === undefined ? '' : ` (${worst.mm ?? '—'} mm in ${worst.hours} h)`}${coming.en}`,
    },
  };
}
