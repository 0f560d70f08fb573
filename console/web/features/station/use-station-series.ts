import { computed, onBeforeUnmount, type Ref, ref, shallowRef, watch } from 'vue';
import { useSeries } from '../../api/queries.ts';
import { appendPoints, type DrawnPoint, drawnPoints, gapsOf, livePoint, withBreaks } from '../../charts/points.ts';
import { useLive } from '../../live/use-live.ts';
import { isLive, type RangeName, spanOf, stepOf } from './ranges.ts';

/** Live points kept for one chart; older ones are in the next read of history. */
const LIVE_POINTS = 4000;

export interface SeriesChoice {
  readonly station: string;
  readonly metric: string;
  readonly range: RangeName;
  readonly periodMs: number;
}

/** History from the API with the live values of the station's room behind it; a cut in between is read again. */
export function useStationSeries(choice: Ref<SeriesChoice>) {
  const { client, now } = useLive();
  const added = shallowRef<readonly DrawnPoint[]>([]);
  /** End of the span asked for; moves on with a new choice and after a reconnect. */
  const askedAt = ref(now.value);

  const query = useSeries(
    computed(() => ({
      station: choice.value.station,
      metric: choice.value.metric,
      ...spanOf(choice.value.range, askedAt.value),
    })),
  );

  function askAgain(): void {
    added.value = [];
    askedAt.value = now.value;
  }
  watch(() => `${choice.value.metric} ${choice.value.range}`, askAgain);
  watch(client.link, (link) => {
    if (link === 'live') askAgain();
  });
  onBeforeUnmount(
    client.onValues(`station:${choice.value.station}`, (values) => {
      if (!isLive(choice.value.range)) return;
      const fresh = values
        .filter(([metric]) => metric === choice.value.metric)
        .map(([, at, value, flags]) => livePoint(at, value, flags));
      if (fresh.length > 0) added.value = appendPoints(added.value, fresh).slice(-LIVE_POINTS);
    }),
  );

  const span = computed(() => {
    const step = stepOf(choice.value.range);
    return isLive(choice.value.range)
      ? spanOf(choice.value.range, Math.ceil(now.value / step) * step)
      : spanOf(choice.value.range, askedAt.value);
  });
  const resolution = computed(() => query.data.value?.resolution ?? 'raw');
  const bucketMs = computed(() => query.data.value?.bucketMs ?? 0);
  const points = computed(() => {
    const { data } = query;
    if (data.value === undefined || data.value.metric !== choice.value.metric) return [];
    return appendPoints(drawnPoints(data.value), client.frozenAt.value === null ? added.value : []).filter(
      ({ x }) => x >= span.value.from,
    );
  });
  const gaps = computed(() =>
    gapsOf(points.value, Math.max(bucketMs.value, choice.value.periodMs), span.value.from, Math.min(span.value.to, now.value)),
  );
  const drawn = computed(() => withBreaks(points.value, gaps.value));
  return { points, drawn, gaps, span, bucketMs, resolution, query };
}
