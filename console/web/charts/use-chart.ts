import { Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from 'chart.js';
import { markRaw, onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue';
import { type ChartFrame, lineOptions, verticalSpan } from './chart-options.ts';
import { type ChartDress, dressPlugin } from './chart-plugins.ts';
import type { DrawnPoint } from './points.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip);

/** At most one redraw in this time, ms. */
const REDRAW_INTERVAL_MS = 1000;

export interface ChartSource {
  readonly points: Ref<readonly DrawnPoint[]>;
  readonly dress: Ref<ChartDress>;
  readonly frame: Ref<ChartFrame>;
}

function tokens(): Record<'ink' | 'grid' | 'panel' | 'line' | 'band' | 'hatch' | 'limit' | 'rain', string> {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: read('--ink-2'),
    grid: read('--line'),
    panel: read('--panel'),
    line: read('--series'),
    band: read('--series-band'),
    hatch: read('--hatch'),
    limit: read('--limit'),
    rain: read('--rain'),
  };
}

/** A Chart.js line on a canvas, redrawn at most once a second and only while it can be seen; destroyed with its component. */
export function useChart(canvas: Ref<HTMLCanvasElement | null>, source: ChartSource): void {
  const chart = shallowRef<Chart<'line', DrawnPoint[]>>();
  let inks = tokens();
  let visible = true;
  let redrawnAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function build(): void {
    chart.value?.destroy();
    if (canvas.value === null) return;
    inks = tokens();
    chart.value = markRaw(
      new Chart<'line', DrawnPoint[]>(canvas.value, {
        type: 'line',
        data: { datasets: [{ data: [...source.points.value], borderColor: inks.line, spanGaps: false }] },
        options: lineOptions(() => source.frame.value, inks),
        plugins: [
          dressPlugin(
            () => source.dress.value,
            () => inks,
          ),
        ],
      }),
    );
  }

  function redraw(): void {
    timer = undefined;
    const drawn = chart.value;
    if (drawn === undefined || !visible || document.hidden) return;
    redrawnAt = Date.now();
    const [line] = drawn.data.datasets;
    if (line !== undefined) line.data = [...source.points.value];
    const x = drawn.options.scales?.x;
    if (x !== undefined) Object.assign(x, { min: source.frame.value.from, max: source.frame.value.to });
    const y = drawn.options.scales?.y;
    if (y !== undefined) Object.assign(y, verticalSpan(source.frame.value));
    drawn.update('none');
  }

  function redrawSoon(): void {
    timer ??= setTimeout(redraw, Math.max(0, redrawnAt + REDRAW_INTERVAL_MS - Date.now()));
  }

  const seen = new IntersectionObserver((entries) => {
    visible = entries.some(({ isIntersecting }) => isIntersecting);
    if (visible) redrawSoon();
  });
  const themes = new MutationObserver(build);

  onMounted(() => {
    build();
    if (canvas.value !== null) seen.observe(canvas.value);
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    document.addEventListener('visibilitychange', redrawSoon);
  });
  watch([source.points, source.dress, source.frame], redrawSoon);
  onBeforeUnmount(() => {
    clearTimeout(timer);
    seen.disconnect();
    themes.disconnect();
    document.removeEventListener('visibilitychange', redrawSoon);
    chart.value?.destroy();
  });
}
