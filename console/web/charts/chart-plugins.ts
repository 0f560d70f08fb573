import type { Chart, Plugin } from 'chart.js';
import type { DrawnPoint, Gap } from './points.ts';
import type { RainBar } from './rain-bars.ts';

/** A horizontal mark: a limit of the standard or a line of the gauge. */
export interface LineMark {
  readonly value: number;
  readonly label: string;
}

/** What the plugins draw beside the curve; they read it anew at each draw. */
export interface ChartDress {
  readonly gaps: readonly Gap[];
  readonly marks: readonly LineMark[];
  /** Points whose minimum and maximum are drawn as a band; empty for raw values. */
  readonly band: readonly DrawnPoint[];
  /** Rain, hanging from the top on a scale of its own. */
  readonly rain?: { readonly bars: readonly RainBar[]; readonly label: string } | undefined;
}

export interface ChartInks {
  readonly band: string;
  readonly hatch: string;
  readonly limit: string;
  readonly panel: string;
  readonly rain: string;
}

const HATCH_STEP = 6;
/** Share of the height that the largest bar of rain takes. */
const RAIN_SHARE = 0.34;
/** Lighter rain than this does not fill that share: a drizzle must not look like a storm, mm. */
const RAIN_FLOOR_MM = 10;

function xOf(chart: Chart, at: number): number {
  return chart.scales.x?.getPixelForValue(at) ?? 0;
}

function yOf(chart: Chart, value: number): number {
  return chart.scales.y?.getPixelForValue(value) ?? 0;
}

function inArea(chart: Chart, draw: (context: CanvasRenderingContext2D) => void): void {
  const { ctx, chartArea } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

function drawGaps(chart: Chart, gaps: readonly Gap[], inks: ChartInks): void {
  const { top, bottom } = chart.chartArea;
  inArea(chart, (ctx) => {
    ctx.strokeStyle = inks.hatch;
    ctx.lineWidth = 1;
    for (const gap of gaps) {
      const left = Math.max(xOf(chart, gap.from), chart.chartArea.left);
      const right = Math.min(xOf(chart, gap.to), chart.chartArea.right);
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, right - left, bottom - top);
      ctx.clip();
      ctx.beginPath();
      for (let x = left - (bottom - top); x < right; x += HATCH_STEP) {
        ctx.moveTo(x, bottom);
        ctx.lineTo(x + (bottom - top), top);
      }
      ctx.stroke();
      ctx.restore();
    }
  });
}

function drawBand(chart: Chart, band: readonly DrawnPoint[], inks: ChartInks): void {
  inArea(chart, (ctx) => {
    ctx.fillStyle = inks.band;
    let run: DrawnPoint[] = [];
    const fillRun = () => {
      if (run.length > 1) {
        ctx.beginPath();
        for (const { x, max } of run) ctx.lineTo(xOf(chart, x), yOf(chart, max));
        for (const { x, min } of run.toReversed()) ctx.lineTo(xOf(chart, x), yOf(chart, min));
        ctx.fill();
      }
      run = [];
    };
    for (const point of band) {
      if (Number.isNaN(point.y)) fillRun();
      else run.push(point);
    }
    fillRun();
  });
}

function drawRain(chart: Chart, { bars, label }: NonNullable<ChartDress['rain']>, inks: ChartInks): void {
  const { left, top, height } = chart.chartArea;
  const peak = Math.max(RAIN_FLOOR_MM, ...bars.map(({ mm }) => mm));
  inArea(chart, (ctx) => {
    ctx.fillStyle = inks.rain;
    // The course stays readable where rain reaches down to it.
    ctx.globalAlpha = 0.65;
    for (const { from, to, mm } of bars) {
      if (mm <= 0) continue;
      const x = xOf(chart, from) + 0.5;
      ctx.fillRect(x, top, Math.max(1, xOf(chart, to) - x - 0.5), Math.max(2, (mm / peak) * height * RAIN_SHARE));
    }
    ctx.globalAlpha = 1;
    ctx.font = '11px system-ui, sans-serif';
    const width = ctx.measureText(label).width;
    ctx.fillStyle = inks.panel;
    ctx.fillRect(left + 4, top + 2, width + 6, 15);
    ctx.fillStyle = inks.rain;
    ctx.fillText(label, left + 7, top + 13);
  });
}

function drawMarks(chart: Chart, marks: readonly LineMark[], inks: ChartInks): void {
  const { left, right, top } = chart.chartArea;
  inArea(chart, (ctx) => {
    ctx.font = '11px system-ui, sans-serif';
    for (const { value, label } of marks) {
      const y = yOf(chart, value);
      ctx.strokeStyle = inks.limit;
      ctx.setLineDash([5, 4]);
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(right, y);
      ctx.stroke();
      const width = ctx.measureText(label).width;
      const baseline = y - 4 < top + 12 ? y + 13 : y - 4;
      ctx.setLineDash([]);
      ctx.fillStyle = inks.panel;
      ctx.fillRect(right - width - 8, baseline - 11, width + 6, 14);
      ctx.fillStyle = inks.limit;
      ctx.fillText(label, right - width - 5, baseline);
    }
  });
}

/** Hatched gaps and the min–max band under the curve, limit lines with labels above it. */
export function dressPlugin(dress: () => ChartDress, inks: () => ChartInks): Plugin<'line'> {
  return {
    id: 'clearbay-dress',
    beforeDatasetsDraw(chart) {
      const { rain } = dress();
      if (rain !== undefined) drawRain(chart, rain, inks());
      drawGaps(chart, dress().gaps, inks());
      drawBand(chart, dress().band, inks());
    },
    afterDatasetsDraw(chart) {
      drawMarks(chart, dress().marks, inks());
    },
  };
}
