import type {
  AlertPageView,
  AlertView,
  DayListView,
  ExplanationView,
  FigureExplanationView,
  SeriesView,
  StatusView,
} from '@clearbay/contract/api.ts';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { type Explained, explanationPath } from './explanation-path.ts';
import { getJson } from './http.ts';

const MINUTE = 60_000;

export interface SeriesWish {
  readonly station: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  /** Left out, the server picks what fits the span. */
  readonly resolution?: 'raw' | 'hour' | 'day';
}

/** One metric of a station over a span; the server picks buckets so that minimum and maximum survive. */
export function useSeries(wish: Ref<SeriesWish | undefined>) {
  return useQuery({
    queryKey: computed(() => ['series', wish.value]),
    queryFn: ({ signal }) => {
      if (wish.value === undefined) throw new Error('no series asked for');
      const { station, ...query } = wish.value;
      return getJson<SeriesView>(`/stations/${encodeURIComponent(station)}/series`, query, signal);
    },
    enabled: computed(() => wish.value !== undefined),
    staleTime: MINUTE,
    gcTime: 5 * MINUTE,
    placeholderData: keepPreviousData,
  });
}

/** The days of a year, judged. */
export function useDays(station: Ref<string>, year: Ref<number>) {
  return useQuery({
    queryKey: computed(() => ['days', station.value, year.value]),
    queryFn: ({ signal }) =>
      getJson<DayListView>(`/stations/${encodeURIComponent(station.value)}/days`, { year: year.value }, signal),
    staleTime: 5 * MINUTE,
  });
}

/** How the present figure came about, under the edition asked for (empty: the one in force); asked for only when somebody looks. */
export function useExplanation(of: Ref<Explained>, edition: Ref<string>, wanted: Ref<boolean>) {
  const path = computed(() => explanationPath(of.value));
  return useQuery({
    queryKey: computed(() => ['explanation', path.value, edition.value]),
    queryFn: ({ signal }) =>
      getJson<ExplanationView | FigureExplanationView>(
        path.value,
        edition.value === '' ? {} : { edition: edition.value },
        signal,
      ),
    enabled: wanted,
    staleTime: MINUTE,
    placeholderData: keepPreviousData,
  });
}

/** Closed alerts, newest first, a page at a time. */
export function useClosedAlerts(wanted: Ref<boolean>) {
  return useInfiniteQuery({
    queryKey: ['alerts', 'closed'],
    queryFn: ({ pageParam, signal }) =>
      getJson<AlertPageView>('/alerts', { state: 'closed', ...(pageParam === null ? {} : { before: pageParam }) }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    enabled: wanted,
    staleTime: MINUTE / 4,
  });
}

/** One alert of any age with its history. */
export function useAlert(id: Ref<string>, wanted: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => ['alerts', 'one', id.value]),
    queryFn: ({ signal }) => getJson<AlertView>(`/alerts/${encodeURIComponent(id.value)}`, {}, signal),
    enabled: wanted,
    staleTime: MINUTE / 4,
  });
}

/** What the system took and refused, read anew every few seconds. */
export function useStatus() {
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => getJson<StatusView>('/status', {}, signal),
    refetchInterval: 5000,
  });
}
