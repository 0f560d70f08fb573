import { alert, dayList, explanation, figureExplanation } from '@clearbay/console-server/views/judged.ts';
import {
  alertPage,
  assessmentList,
  overview,
  series,
  stationDetail,
  stationList,
  targetList,
} from '@clearbay/console-server/views/live-state.ts';
import { auditPage, deviceList, health, session, status } from '@clearbay/console-server/views/operation.ts';
import type { AlertPageView, AlertView, DayListView, DeviceListView, SeriesView } from '@clearbay/contract/api.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HEALTH, openStage, type Stage } from './stage.ts';
import { AIR, alertOf, GAUGE, NOW } from './staged-district.ts';

const MINUTE = 60_000;

describe('the API', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    await stage.state.devices.save({ device: 'd1', passwordHash: '$argon2id$secret', stations: [AIR.id] });
  });
  afterAll(() => stage.stop());

  const read = async <T>(path: string): Promise<T> => {
    const response = await stage.as('admin', `/api/v1${path}`);
    expect(response.status, path).toBe(200);
    return (await response.json()) as T;
  };

  async function store(alerts: readonly AlertView[]): Promise<void> {
    await stage.state.alerts.apply(
      alerts.map((one) => ({
        key: { rule: one.rule, station: one.station, metric: one.metric },
        condition: null,
        alert: one,
        notify: false,
      })),
    );
  }

  test.each<[string, { safeParse(value: unknown): { error?: unknown } }]>([
    ['/health', health],
    ['/session', session],
    ['/overview', overview],
    ['/stations', stationList],
    [`/stations/${AIR.id}`, stationDetail],
    [`/stations/${AIR.id}/series?metric=pm25`, series],
    [`/stations/${AIR.id}/days`, dayList],
    [`/stations/${AIR.id}/explanation`, explanation],
    ['/district/explanation', figureExplanation],
    ['/targets/good-air-days/explanation', figureExplanation],
    ['/assessments', assessmentList],
    ['/targets', targetList],
    ['/status', status],
    ['/devices', deviceList],
    ['/audit', auditPage],
  ])('%s answers as it is described', async (path, schema) => {
    expect(schema.safeParse(await read(path)).error).toBeUndefined();
  });

  test('health is open; not ready is 503 with reasons', async () => {
    expect((await stage.get('/api/v1/health')).status).toBe(200);
    stage.health = { ...HEALTH, ready: false, state: 'down', reasons: ['ledger.unwritable'] };
    const response = await stage.get('/api/v1/health');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ live: true, reasons: ['ledger.unwritable'] });
    stage.health = HEALTH;
  });

  test('stations and assessments are chosen by kind, town and id', async () => {
    const { stations } = await read<{ stations: { station: { id: string } }[] }>('/stations?kind=flood');
    expect(stations.map(({ station }) => station.id)).toEqual([GAUGE.id]);
    expect(await read('/stations?town=nowhere')).toMatchObject({ stations: [] });
    expect(await read(`/assessments?station=${AIR.id}`)).toMatchObject({ assessments: [{ station: AIR.id }] });
  });

  test('a series is asked from the store with the last day as default', async () => {
    stage.series.asked = [];
    const view = await read<SeriesView>(`/stations/${AIR.id}/series?metric=pm25`);
    expect(stage.series.asked).toEqual([{ station: AIR.id, metric: 'pm25', from: NOW - 86_400_000, to: NOW, maxPoints: 2000 }]);
    expect(view).toMatchObject({ unit: 'µg/m³', resolution: 'raw', points: [[NOW - 1, 1.5, 1, 2, 2, 2, 0]] });
  });

  test.each([
    ['2026-11-20', Date.UTC(2026, 10, 19, 16)],
    ['2026-11-20T08:00:00%2B08:00', Date.UTC(2026, 10, 20)],
    ['2026-11-20T00:00:00Z', Date.UTC(2026, 10, 20)],
    ['2026-11-20T08:00', Date.UTC(2026, 10, 20)],
    [String(Date.UTC(2026, 10, 20)), Date.UTC(2026, 10, 20)],
  ])('a moment may be written as %s', async (from, at) => {
    stage.series.asked = [];
    await read(`/stations/${AIR.id}/series?metric=pm25&from=${from}&resolution=hour&maxPoints=10`);
    expect(stage.series.asked).toMatchObject([{ from: at, resolution: 'hour', maxPoints: 10 }]);
  });

  test.each([
    ['/stations/nope/series?metric=pm25', 404, 'station.unknown'],
    [`/stations/${AIR.id}/series?metric=level`, 404, 'metric.unknown'],
    [`/stations/${AIR.id}/series?metric=pm25&from=2026-11-23&to=2026-11-20`, 400, 'input.invalid'],
    [`/stations/${AIR.id}/series?metric=pm25&from=2026-13-45`, 400, 'input.invalid'],
    [`/stations/${AIR.id}/series?metric=pm25&from=2026-11-20T25:61`, 400, 'input.invalid'],
    [`/stations/${AIR.id}/series?metric=pm25&maxPoints=2001`, 400, 'input.invalid'],
    [`/stations/${AIR.id}/series?metric=pm25'%20OR%201=1`, 400, 'input.invalid'],
    ['/stations/nope', 404, 'station.unknown'],
    ['/stations/nope/days', 404, 'station.unknown'],
    [`/stations/${AIR.id}/days?edition=no-such`, 400, 'input.invalid'],
    [`/stations/${GAUGE.id}/explanation`, 404, 'explanation.unavailable'],
    [`/stations/${AIR.id}/explanation?edition=no-such`, 400, 'input.invalid'],
    ['/district/explanation?edition=no-such', 400, 'input.invalid'],
    ['/district/explanation?period=year', 400, 'input.invalid'],
    ['/targets/none/explanation', 404, 'target.unknown'],
    ['/targets/good-air-days/explanation?edition=no-such', 400, 'input.invalid'],
    ['/alerts/none', 404, 'alert.unknown'],
    ['/alerts?level=5', 400, 'input.invalid'],
    ['/alerts?state=some', 400, 'input.invalid'],
  ])('%s is %i %s', async (path, expected, code) => {
    const response = await stage.as('viewer', `/api/v1${path}`);
    expect(response.status).toBe(expected);
    expect(await response.json()).toMatchObject({ code });
  });

  test('an explanation is asked for under an edition; an unknown one is refused with those there are', async () => {
    const station = `/stations/${AIR.id}/explanation`;
    expect(await read(`${station}?edition=hj633-2012`)).toMatchObject({ derivation: { edition: 'hj633-2012' } });
    const refused = await stage.as('viewer', `/api/v1${station}?edition=no-such`);
    expect(await refused.json()).toMatchObject({
      errors: [{ path: 'query.edition', reason: 'no edition is called no-such; there is hj633-2012' }],
    });
  });

  test("the district's explanation is of the newest hour, or of the hour or day asked for", async () => {
    const figure = async (query: string) =>
      (await read<{ derivation: { figure: { zh: string } } }>(`/district/explanation${query}`)).derivation.figure.zh;
    const noon = Date.UTC(2026, 10, 20, 4);
    const midnight = Date.UTC(2026, 10, 19, 16);
    expect(await figure('')).toBe('newest');
    expect(await figure('?at=2026-11-20T12:00')).toBe(`${noon - 3_600_000}-${noon}`);
    expect(await figure('?at=2026-11-20T12:00&period=day')).toBe(`${midnight}-${midnight + 86_400_000}`);
  });

  test('days are those of the present year unless another is asked for', async () => {
    expect(await read<DayListView>(`/stations/${AIR.id}/days`)).toMatchObject({ year: 2026, edition: null });
    expect(await read<DayListView>(`/stations/${AIR.id}/days?year=2025&edition=HJ%20633-2012`)).toMatchObject({
      year: 2025,
      edition: 'HJ 633-2012',
      days: [{ date: '2025-01-01' }],
    });
  });

  test('an answer that did not change is not sent again', async () => {
    const path = `/api/v1/stations/${AIR.id}/days?year=2025`;
    const first = await stage.as('viewer', path);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const again = await stage.as('viewer', path, {
      // Without a word on caching fetch itself asks for a fresh answer.
      headers: { 'if-none-match': first.headers.get('etag') ?? '', 'cache-control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
  });

  test('devices are listed with their clocks and refusals, without their secrets', async () => {
    expect(await read<DeviceListView>('/devices')).toEqual({
      devices: [
        {
          device: 'd1',
          stations: [AIR.id],
          clock: { state: 'off', offsetMs: 28_800_000, timeZoneHours: 8 },
          refusals: [{ at: 1, reason: 'not-json', subject: AIR.id, excerpt: '{' }],
        },
      ],
    });
  });

  test('alerts are paged newest first, filtered by state, station and level, and none is lost where many open at one moment', async () => {
    const storm = Array.from({ length: 300 }, (_, index) =>
      alertOf(`storm-${index}`, {
        metric: `m${index}`,
        openedAt: NOW - 10 * MINUTE,
        closedAt: NOW,
        level: index % 2 === 0 ? 1 : 3,
      }),
    );
    const earlier = Array.from({ length: 30 }, (_, index) =>
      alertOf(`early-${index}`, { metric: `e${index}`, openedAt: NOW - (20 + index) * MINUTE, closedAt: NOW }),
    );
    const open = alertOf('open-1', { station: AIR.id, kind: 'air', metric: 'aqi' });
    await store([...storm, ...earlier, open]);
    // Raised while the disk is full: known in memory alone.
    stage.feed.alerts = [open, alertOf('unstored', { openedAt: NOW - 5 * MINUTE })];
    const seen: string[] = [];
    let before: number | null = null;
    do {
      const page: AlertPageView = await read(`/alerts?state=all&limit=20${before === null ? '' : `&before=${before}`}`);
      expect(alertPage.safeParse(page).error).toBeUndefined();
      seen.push(...page.alerts.map(({ id }) => id));
      before = page.next;
    } while (before !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(331);
    expect(seen[0]).toBe('open-1');
    expect((await read<AlertPageView>('/alerts')).alerts.map(({ id }) => id)).toEqual(['open-1', 'unstored']);
    expect(await read<AlertView>('/alerts/unstored')).toMatchObject({ id: 'unstored', closedAt: null });
    expect((await read<AlertPageView>('/alerts?state=closed&level=1&limit=200')).alerts).toHaveLength(150);
    expect((await read<AlertPageView>(`/alerts?state=all&station=${AIR.id}`)).alerts.map(({ id }) => id)).toEqual(['open-1']);
    expect(alert.safeParse(await read('/alerts/open-1')).error).toBeUndefined();
  });
});
