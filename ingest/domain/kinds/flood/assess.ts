import { type Assessment, NO_RATING } from '../../assessment.ts';
import type { FloodStation } from '../../district.ts';
import { editionFor } from '../../standards.ts';
import type { Text } from '../../text.ts';
import { localDate } from '../../time.ts';
import type { FloodDetail, LineOutlook } from './detail.ts';
import type { GaugeReport } from './gauge-window.ts';
import { antecedentAt, judgeMountainFlood, soilState } from './mountain.ts';
import { type ObservedLevels, observedLevels, observedRain } from './observed.ts';
import { type RainReport, type RainSum, rainDaySum, rainGrade, slidingSums } from './rain.ts';
import { type RiseSlope, riseRates, robustSlope, timeToLine } from './rise.ts';
import { distancesToLines, LINE_TEXT, nearLine, type Stage, stageOf } from './stages.ts';
import type { FloodStandards } from './standards.ts';
import { tidalTimeToLine, tideResiduals } from './tidal-rise.ts';
import { predictTide, type TideFit } from './tide.ts';
import { watchLevel, watchMountain, watchRain, watchRise } from './watches.ts';

function riseOf(
  station: FloodStation,
  observed: ObservedLevels | undefined,
  standards: FloodStandards,
  fit: TideFit | undefined,
) {
  const { measuring } = standards;
  const samples = observed?.samples ?? [];
  const rates = riseRates(samples, measuring.riseWindowsMin, measuring.endToleranceShare);
  const basis = station.tidal ? ('residual' as const) : ('level' as const);
  // A tide rises faster than most floods: without a fit the rise of a tidal station says nothing.
  if (station.tidal && fit === undefined) return { rates, slope: null, basis };
  const judged = fit === undefined || !station.tidal ? samples : tideResiduals(samples, fit);
  return { rates, slope: robustSlope(judged, measuring) ?? null, basis };
}

function outlook(
  station: FloodStation,
  observed: ObservedLevels | undefined,
  slope: RiseSlope | null,
  fit: TideFit | undefined,
  horizonHours: number,
): LineOutlook[] {
  if (observed === undefined) return [];
  const { newest } = observed;
  return distancesToLines(newest.level, station.lines).map((line) => {
    if (slope === null) return { ...line, time: null };
    const tidal = station.tidal && fit !== undefined;
    const time = tidal
      ? tidalTimeToLine(line.height, newest, slope, fit, horizonHours)
      : timeToLine(line.distance, slope, horizonHours);
    return { ...line, time };
  });
}

function rainOf(
  reports: readonly RainReport[],
  totals: readonly RainSum[],
  standards: FloodStandards,
  date: string,
): FloodDetail['rain'] {
  const at = reports.at(-1)?.at ?? null;
  const total = (hours: number): RainSum => totals.find((sum) => sum.hours === hours) ?? { hours, mm: null, complete: false };
  const grades = editionFor(standards.rainGrades, date);
  return {
    at,
    sums: standards.measuring.rainWindowsH.map(total),
    day: at === null ? null : rainDaySum(reports, at),
    grade12: rainGrade(total(12).mm, 12, grades),
    grade24: rainGrade(total(24).mm, 24, grades),
  };
}

function reasonOf(stage: Stage | undefined, lines: readonly LineOutlook[], rain: FloodDetail['rain']): Text {
  if (stage === undefined) {
    return rain.at === null ? { zh: '尚无数据', en: 'no data yet' } : { zh: '无水位数据', en: 'no level data' };
  }
  const over = lines.findLast((line) => line.reached && line.line !== 'fortification');
  const next = lines.find((line) => !line.reached && line.line !== 'fortification');
  if (over !== undefined) {
    const above = Math.abs(over.distance).toFixed(2);
    return { zh: `超${LINE_TEXT[over.line].zh} ${above} 米`, en: `${above} m above the ${LINE_TEXT[over.line].en}` };
  }
  if (next === undefined) return stage.limits ?? stage.rating.text;
  const hours = next.time?.hours ?? null;
  const when =
    hours === null ? { zh: '', en: '' } : { zh: `，约 ${hours.toFixed(1)} 小时`, en: `, in about ${hours.toFixed(1)} h` };
  return {
    zh: `距${LINE_TEXT[next.line].zh} ${next.distance.toFixed(2)} 米${when.zh}`,
    en: `${next.distance.toFixed(2)} m below the ${LINE_TEXT[next.line].en}${when.en}`,
  };
}

/**
 * Judges a gauge by its reports (ascending, at most one an identity). Every window ends at the newest report of its metric, never at the clock:
 * a gauge that fell silent keeps saying what it last saw, at its age. Pure; live and batch both call it.
 */
export function assessGauge(
  station: FloodStation,
  reports: readonly GaugeReport[],
  standards: FloodStandards,
): Assessment<FloodDetail> {
  const newest = reports.at(-1);
  const date = localDate(newest?.at ?? 0);
  const stages = editionFor(standards.stages, date);
  const signals = editionFor(standards.rainSignals, date);
  const mountain = editionFor(standards.mountain, date);
  const override = standards.overrides[station.id];
  const nearM = override?.nearWarningM ?? stages.nearWarningM;
  const fit = station.tidal ? standards.tides?.[station.id] : undefined;

  const observed = observedLevels(reports, standards.measuring);
  const rainReports = observedRain(reports);
  // A doubted sample shows the stage that two samples confirm, so that one false echo paints nothing red.
  const shown = observed?.suspect ? observed.confirmed : observed?.newest.level;
  const stage = shown === undefined || shown === null ? undefined : stageOf(shown, station.lines, stages, nearM);
  const rise = riseOf(station, observed, standards, fit);
  const lines = outlook(station, observed, rise.slope, fit, standards.measuring.horizonHours);
  const rainEnd = rainReports.at(-1)?.at;
  const windows = [12, 24, ...standards.measuring.rainWindowsH, ...signals.signals.map(({ hours }) => hours)];
  const totals = rainEnd === undefined ? [] : slidingSums(rainReports, rainEnd, windows);
  const rain = rainOf(rainReports, totals, standards, date);
  const site = mountain.sites.find((each) => each.station === station.id);
  const antecedentMm = rain.at === null ? null : antecedentAt(standards.antecedentRains?.[station.id], rain.at);
  // 24 h of rain alone make a wet soil, whatever the days before were.
  const soil =
    (totals.find(({ hours }) => hours === 24)?.mm ?? 0) >= mountain.antecedent.wetFromMm
      ? 'wet'
      : soilState(antecedentMm, mountain);
  const judgement =
    site === undefined || rain.at === null
      ? null
      : judgeMountainFlood(rainReports, observed?.samples ?? [], rain.at, site, soil, mountain);
  const newestStage = observed === undefined ? undefined : stageOf(observed.newest.level, station.lines, stages, nearM);
  const predicted = fit === undefined || observed === undefined ? null : predictTide(fit, observed.newest.at);

  const detail: FloodDetail = {
    datum: station.datum,
    level: observed === undefined ? null : { value: observed.newest.level, at: observed.newest.at, suspect: observed.suspect },
    stage: stage?.code ?? 'none',
    limits: stage?.limits ?? null,
    nearWarning: nearLine(station.lines, nearM) ?? null,
    lines,
    rise,
    tide:
      fit === undefined || observed === undefined || predicted === null
        ? null
        : { predicted, residual: observed.newest.level - predicted, rmse: fit.rmse },
    rain,
    mountain: judgement,
    antecedentMm: site === undefined ? null : antecedentMm,
    flow: reports.findLast((report) => report.flow !== null)?.flow ?? null,
    voltage: reports.findLast((report) => report.voltage !== null)?.voltage ?? null,
    watch: {
      level:
        observed === undefined || newestStage === undefined
          ? null
          : watchLevel(observed, newestStage, station.lines, stages, nearM),
      rise:
        observed === undefined
          ? null
          : watchRise(
              observed.newest.at,
              rise.slope,
              rise.basis,
              override?.riseMPerHour ?? standards.measuring.riseAlert.mPerHour,
              standards.measuring,
            ),
      rain: rain.at === null ? null : watchRain(totals, rain.at, signals),
      mountain:
        judgement === null || site === undefined || rain.at === null
          ? null
          : watchMountain(rain.at, judgement, site.name, mountain),
    },
  };
  const at = newest?.at ?? null;
  return {
    kind: 'flood',
    station: station.id,
    at,
    start: at ?? 0,
    end: at ?? 0,
    level: 'instant',
    edition: `${stages.label}; ${editionFor(standards.rainGrades, date).label}`,
    origin: newest?.origin ?? 'measured',
    rating: stage?.rating ?? NO_RATING,
    figure: { metric: 'level', value: observed?.newest.level ?? null, unit: 'm', decimals: 2 },
    reason: reasonOf(stage, lines, rain),
    detail,
  };
}
