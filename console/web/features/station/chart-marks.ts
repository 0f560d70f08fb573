import type { StationDetailView } from '@clearbay/contract/api.ts';
import type { MetricMark } from '@clearbay/domain/kinds/kind.ts';
import type { Text } from '@clearbay/domain/text.ts';
import type { LineMark } from '../../charts/chart-plugins.ts';

/** Drawn values closer together than this many steps of the instrument are noise, not a course. */
const LEAST_STEPS = 20;
/** A limit further away than this many times the values would flatten the course; it is named below the chart instead. */
const REACH = 3;

/** The least and the greatest value that are drawn; undefined without any. */
export interface ValueSpan {
  readonly least: number;
  readonly greatest: number;
}

function marksOf(view: StationDetailView, metric: string): readonly MetricMark[] {
  return view.marks?.[metric] ?? [];
}

/** Whether the axis is stretched to a limit of a standard. */
function isInReach({ value, side }: MetricMark, { least, greatest }: ValueSpan): boolean {
  return side === 'at-most' ? value <= REACH * greatest : value * REACH >= least;
}

/** The first limit that values meet on their way up, and on their way down. */
function nearest(marks: readonly MetricMark[]): MetricMark[] {
  const upper = marks.filter(({ side }) => side === 'at-most').sort((a, b) => a.value - b.value);
  const lower = marks.filter(({ side }) => side === 'at-least').sort((a, b) => b.value - a.value);
  return [...upper.slice(0, 1), ...lower.slice(0, 1)];
}

/** What the vertical axis must show: the nearest lines, all of a lot, and never less than the instrument can tell apart. */
export function axisValues(view: StationDetailView, metric: string, drawn: ValueSpan | undefined): number[] {
  const marks = marksOf(view, metric);
  // Lines of the station's own are what its course is for, however far away.
  const lines = nearest(marks).filter((mark) => mark.edition === null || (drawn !== undefined && isInReach(mark, drawn)));
  const values = lines.map(({ value }) => value);
  if (view.station.kind === 'parking' && metric === 'free') return [0, ...values];
  const latest = view.latest.find((known) => known.metric === metric)?.value;
  const resolution = view.metrics.find(({ id }) => id === metric)?.resolution ?? 0;
  const half = (resolution * LEAST_STEPS) / 2;
  return latest === undefined ? values : [Math.max(latest - half, Math.min(latest, 0)), latest + half, ...values];
}

/** Lines that the metric is held against, as they are written on the chart. */
export function chartMarks(view: StationDetailView, metric: string, say: (text: Text) => string): LineMark[] {
  return marksOf(view, metric).map(({ value, label }) => ({ value, label: `${say(label)} ${value}` }));
}

/** The same lines by the edition they come from, to be read below the chart; lines of the station's own under null. */
export function marksByEdition(view: StationDetailView, metric: string): ReadonlyMap<string | null, readonly MetricMark[]> {
  return Map.groupBy(marksOf(view, metric), ({ edition }) => edition);
}
