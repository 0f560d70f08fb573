import type { ChartOptions } from 'chart.js';
import { formatMoment, formatNumber } from '../ui/format.ts';
import type { DrawnPoint } from './points.ts';
import { timeTicks } from './time-axis.ts';

export interface ChartPalette {
  readonly ink: string;
  readonly grid: string;
  readonly panel: string;
  readonly line: string;
}

export interface ChartFrame {
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  readonly decimals: number;
  /** Values that the vertical axis must show. */
  readonly include: readonly number[];
}

const PIXELS_A_TICK = 84;

/** Options of a live line: nothing moves by itself, the axis is in Beijing time, the frame is the chosen span. */
export function lineOptions(frame: () => ChartFrame, palette: ChartPalette): ChartOptions<'line'> {
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    devicePixelRatio: Math.min(globalThis.devicePixelRatio || 1, 2),
    interaction: { mode: 'index', intersect: false },
    layout: { padding: { top: 6, right: 4 } },
    elements: { point: { radius: 0, hitRadius: 8, hoverRadius: 3 }, line: { borderWidth: 1.6, tension: 0 } },
    scales: {
      x: {
        type: 'linear',
        min: frame().from,
        max: frame().to,
        grid: { color: palette.grid, tickColor: palette.grid },
        border: { color: palette.grid },
        ticks: { color: palette.ink, maxRotation: 0, autoSkip: false, font: { size: 11 } },
        afterBuildTicks: (axis) => {
          const most = Math.max(2, Math.floor(axis.chart.width / PIXELS_A_TICK));
          axis.ticks = timeTicks(axis.min, axis.max, most).map(({ at, label }) => ({ value: at, label }));
        },
        // Labels were set with the ticks; the default callback would print epoch numbers.
        afterTickToLabelConversion: (axis) => {
          const most = Math.max(2, Math.floor(axis.chart.width / PIXELS_A_TICK));
          axis.ticks = timeTicks(axis.min, axis.max, most).map(({ at, label }) => ({ value: at, label }));
        },
      },
      y: {
        grace: '8%',
        ...verticalSpan(frame()),
        grid: { color: palette.grid, drawTicks: false },
        border: { display: false },
        ticks: { color: palette.ink, maxTicksLimit: 6, padding: 6, font: { size: 11 } },
      },
    },
    plugins: {
      tooltip: {
        displayColors: false,
        backgroundColor: palette.panel,
        titleColor: palette.ink,
        bodyColor: palette.ink,
        borderColor: palette.ink,
        borderWidth: 1,
        callbacks: {
          title: (items) => (items[0]?.parsed.x == null ? '' : formatMoment(items[0].parsed.x, frame().to)),
          label: (item) => labelOf(item.raw as DrawnPoint, frame()),
        },
      },
    },
  };
}

export interface VerticalSpan {
  readonly min: number | undefined;
  readonly suggestedMin: number | undefined;
  readonly suggestedMax: number | undefined;
}

/** The least span of the vertical axis. An axis that must show zero begins there: what cannot be negative leaves no room below. */
export function verticalSpan({ include }: ChartFrame): VerticalSpan {
  if (include.length === 0) return { min: undefined, suggestedMin: undefined, suggestedMax: undefined };
  const least = Math.min(...include);
  return { min: least === 0 ? 0 : undefined, suggestedMin: least, suggestedMax: Math.max(...include) };
}

function labelOf(point: DrawnPoint, { unit, decimals }: ChartFrame): string {
  const mean = `${formatNumber(point.y, decimals)} ${unit}`;
  if (point.count <= 1) return mean;
  return `${mean}  (${formatNumber(point.min, decimals)}–${formatNumber(point.max, decimals)}, n=${point.count})`;
}
