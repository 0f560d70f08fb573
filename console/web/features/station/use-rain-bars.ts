import { DAY_MS, HOUR_MS, MINUTE_MS, rainDayStart } from '@clearbay/domain/time.ts';
import { computed, type Ref } from 'vue';
import { useSeries } from '../../api/queries.ts';
import { drawnPoints } from '../../charts/points.ts';
import { type BarStart, rainBars, steadyStart } from '../../charts/rain-bars.ts';
import { useLive } from '../../live/use-live.ts';
import { type RangeName, spanOf } from './ranges.ts';

interface BarPlan {
  readonly widthMs: number;
  readonly startOf: BarStart;
  /** Bars of an hour and more are summed from hours; shorter ones from what the server has. */
  readonly resolution?: 'hour';
}

const PLANS: Readonly<Partial<Record<RangeName, BarPlan>>> = {
  h1: { widthMs: 5 * MINUTE_MS, startOf: steadyStart(5 * MINUTE_MS) },
  h6: { widthMs: 10 * MINUTE_MS, startOf: steadyStart(10 * MINUTE_MS) },
  h24: { widthMs: HOUR_MS, startOf: steadyStart(HOUR_MS), resolution: 'hour' },
  d7: { widthMs: 3 * HOUR_MS, startOf: steadyStart(3 * HOUR_MS), resolution: 'hour' },
  // The day of rain begins at 08:00.
  d30: { widthMs: DAY_MS, startOf: rainDayStart, resolution: 'hour' },
};

/** Rain of a gauge over the span of its level chart, in bars of a width that suits it; undefined while none is wanted or known. */
export function useRainBars(choice: Ref<{ readonly station: string; readonly range: RangeName; readonly wanted: boolean }>) {
  const { now } = useLive();
  /** Moves on by the minute, so that rain is not asked for at every frame. */
  const minute = computed(() => Math.ceil(now.value / MINUTE_MS) * MINUTE_MS);
  const plan = computed(() => (choice.value.wanted ? PLANS[choice.value.range] : undefined));
  const { data } = useSeries(
    computed(() => {
      if (plan.value === undefined) return undefined;
      const { from } = spanOf(choice.value.range, minute.value);
      // A sum is labelled by its end, which for the running hour lies ahead.
      const to = plan.value.resolution === 'hour' ? minute.value + HOUR_MS : minute.value;
      const { resolution } = plan.value;
      return { station: choice.value.station, metric: 'rainfall', from, to, ...(resolution === undefined ? {} : { resolution }) };
    }),
  );
  return computed(() => {
    const { value } = plan;
    if (value === undefined || data.value?.station !== choice.value.station || data.value.metric !== 'rainfall') return undefined;
    return { widthMs: value.widthMs, bars: rainBars(drawnPoints(data.value), value.startOf, value.widthMs) };
  });
}
