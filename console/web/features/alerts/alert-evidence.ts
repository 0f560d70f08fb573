import type { AlertView, StationDetailView } from '@clearbay/contract/api.ts';
import type { AirDetail } from '@clearbay/domain/kinds/air/detail.ts';
import type { WaterDetail } from '@clearbay/domain/kinds/water/detail.ts';
import type { Text } from '@clearbay/domain/text.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';

/** How much of the course before an alert is evidence for it. */
const BEFORE_MS = 6 * HOUR_MS;
const AFTER_MS = HOUR_MS;
/** Of an alert that lasts longer only its latest part is drawn. */
const LONGEST_MS = 48 * HOUR_MS;
/** Long enough for a trend, short enough that a fall after a rise is seen as one. */
const TREND_MS = 15 * MINUTE_MS;
const TREND_PERIODS = 5;

/** What decides a judged index or class: the metric whose course is worth seeing. */
function decidingMetric(view: StationDetailView): string | undefined {
  const { assessment } = view;
  if (assessment === null) return undefined;
  if (assessment.kind === 'air') return (assessment.detail as AirDetail).primary[0];
  if (assessment.kind === 'water') return (assessment.detail as WaterDetail).now.deciding[0]?.metric;
  return undefined;
}

/** The metric whose course is evidence: the alert's own, else what decides the index it is about, else the station's first. */
export function evidenceMetric(alert: Pick<AlertView, 'metric'>, view: StationDetailView): string | undefined {
  const known = (metric: string | undefined) => view.metrics.find(({ id }) => id === metric)?.id;
  return known(alert.metric) ?? known(decidingMetric(view)) ?? known(view.headline[0]);
}

/** The line that the course is held against: the alert's own where it is of that metric and unit, else the first one known. */
export function evidenceLine(
  alert: Pick<AlertView, 'metric' | 'threshold' | 'unit'>,
  view: StationDetailView,
  metric: string,
): { readonly value: number; readonly label: Text | null } | undefined {
  const unit = view.metrics.find(({ id }) => id === metric)?.unit;
  if (alert.metric === metric && alert.threshold !== null && alert.unit === unit) {
    const mark = view.marks?.[metric]?.find(({ value }) => value === alert.threshold);
    return { value: alert.threshold, label: mark?.label ?? null };
  }
  const [first] = view.marks?.[metric] ?? [];
  return first === undefined ? undefined : { value: first.value, label: first.label };
}

/** From some hours before the alert until it ended, or until now. */
export function evidenceSpan(
  alert: Pick<AlertView, 'openedAt' | 'closedAt'>,
  now: number,
): { readonly from: number; readonly to: number } {
  const to = alert.closedAt === null ? now : Math.min(now, alert.closedAt + AFTER_MS);
  return { from: Math.max(alert.openedAt - BEFORE_MS, to - LONGEST_MS), to };
}

/** Span over which a station's trend is told, ms; slow reporters need some reports. */
export function trendSpan(periodMs: number): number {
  return Math.max(TREND_MS, TREND_PERIODS * periodMs);
}
