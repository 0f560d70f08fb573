import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertPageView, AlertView, DayListView, OverviewView, SeriesView } from '@clearbay/contract/api.ts';
import { DAY_MS, HOUR_MS, localDate, startOfDate } from '@clearbay/domain/time.ts';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../harness/browser.ts';
import { type RunningSystem, startSystem } from '../harness/system.ts';
import { eventually, type Language, type Theme, Visitor } from './visitor.ts';

const FILLING = 'Simulated: filling the year so far';
const STATIONS = ['air-dongyuan', 'water-canal', 'flood-huangtangxi', 'park-haijiang'] as const;
/** Stations whose past is compared; a lot counted bay by bay has no judged days. */
const REMEMBERED = ['air-dongyuan', 'water-canal', 'flood-huangtangxi', 'park-station'] as const;
const ROUTES = ['/overview', ...STATIONS.map((id) => `/stations/${id}`), '/flood', '/alerts', '/targets', '/status', '/settings'];
const LOOKS: readonly [Theme, Language, number][] = [
  ['light', 'zh', 1440],
  ['dark', 'en', 1440],
  ['light', 'en', 390],
  ['dark', 'zh', 390],
];

// Browser and system share the machine with whatever else is tested.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

describeInBrowser('the demonstration, from the first start to the second', (browser) => {
  let folder: string;
  let system: RunningSystem;
  let startedAt: number;
  /** The same by the wall clock, epoch ms. */
  let startedOn: number;
  let visitor: Visitor;
  let signedIn: BrowserContextOptions['storageState'];

  const sinceStart = () => performance.now() - startedAt;
  const start = async () => {
    startedAt = performance.now();
    startedOn = Date.now();
    system = await startSystem({ folder });
  };
  const alertsOf = async (state: 'open' | 'all') => (await system.api<AlertPageView>(`/alerts?state=${state}&limit=200`)).alerts;
  const signIn = async () => {
    visitor = await Visitor.arrive(browser(), { url: system.url });
    await visitor.signIn(system.user ?? '', system.password ?? '');
    signedIn = await visitor.memory();
  };
  /** Everything of the past that a start must not change: whole hours and ended days of a station of each kind. */
  const history = async (until: number) => {
    const year = Number(localDate(until).slice(0, 4));
    const from = startOfDate(`${year}-01-01`);
    return await Promise.all(
      REMEMBERED.map(async (id) => {
        const { headline } = await system.api<{ headline: readonly string[] }>(`/stations/${id}`);
        const span = `from=${until - 20 * DAY_MS}&to=${until}`;
        const { points } = await system.api<SeriesView>(`/stations/${id}/series?metric=${headline[0]}&resolution=hour&${span}`);
        const { days } = await system.api<DayListView>(`/stations/${id}/days?year=${year}`);
        return { id, points, days: days.filter(({ date }) => startOfDate(date) + DAY_MS <= until && startOfDate(date) >= from) };
      }),
    );
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearbay-demonstration-'));
    await start();
    await signIn();
  });
  afterAll(async () => {
    await visitor?.leave();
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('the first start shows how far the year is filled, while live data flow', async () => {
    const bar = visitor.page.getByLabel(FILLING);
    await bar.waitFor();
    expect(Number(await bar.getAttribute('value'))).toBeLessThan(1);
    expect(await visitor.page.locator('body').textContent()).toContain('all data are simulated');
  });

  test('within 90 seconds the overview shows live values of four kinds', { timeout: 90_000 }, async () => {
    for (const kind of ['Air', 'Water', 'Flood', 'Parking']) {
      const live = visitor.page.locator(`a.marker[aria-label^="${kind} "][aria-label$="(live)"]:not([aria-label*=" —:"])`);
      await live.first().waitFor({ state: 'attached', timeout: 90_000 - sinceStart() });
    }
    expect(sinceStart()).toBeLessThan(90_000);
    const told = await visitor.page.locator('main').textContent();
    await eventually('newer values on the overview', 20_000, async () => (await visitor.text()) !== told);
  });

  test.each(LOOKS)(
    '%s, %s, %i px: every route can be used by everybody, stays in the window and complains of nothing',
    {
      timeout: 120_000,
    },
    async (theme, language, width) => {
      const other = await Visitor.arrive(browser(), { url: system.url, theme, language, width });
      await other.open('/login');
      expect(await other.barriers(), '/login').toEqual([]);
      await other.leave();
      const guest = await Visitor.arrive(browser(), {
        url: system.url,
        theme,
        language,
        width,
        signedIn: await signedInAs(theme, language),
      });
      for (const route of ROUTES) {
        await guest.open(route);
        expect(await guest.barriers(), route).toEqual([]);
        expect(await guest.sidewaysPx(), `${route} reaches beyond the window`).toBe(0);
      }
      expect(guest.complaints).toEqual([]);
      await guest.leave();
    },
  );

  test('a computer set to Los Angeles shows Beijing time', async () => {
    const timezoneId = 'America/Los_Angeles';
    const traveller = await Visitor.arrive(browser(), { url: system.url, timezoneId, signedIn });
    await traveller.open('/overview');
    const beijing = new Date(Date.now() + 8 * HOUR_MS).toISOString();
    const clock = await traveller.page.locator('header .clock').textContent();
    expect(clock).toContain(beijing.slice(0, 10));
    expect(clock).toMatch(new RegExp(` (${beijing.slice(11, 13)}|${hourBefore(beijing)}):`));
    await traveller.open('/stations/air-dongyuan');
    await traveller.page.getByRole('button', { name: 'Table' }).click();
    const newest = await traveller.page.getByRole('region', { name: 'Table' }).locator('tbody td').first().textContent();
    expect(newest).toMatch(new RegExp(`(${beijing.slice(11, 13)}|${hourBefore(beijing)}):\\d\\d`));
    await traveller.leave();
  });

  test('the keyboard leads to a page, freezes the display and shows the shortcuts', async () => {
    const { page } = visitor;
    await visitor.open('/overview');
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.waitForURL('**/air');
    await page.keyboard.press('f');
    await page.getByText('Display frozen at').waitFor();
    await page.keyboard.press('f');
    await page.getByText('Display frozen at').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor({ state: 'hidden' });
  });

  test('within three minutes a simulated gauge is over its line, and the page says so', { timeout: 180_000 }, async () => {
    const alert = await eventually<AlertView>('the alert of the scripted shower', Math.max(0, 180_000 - sinceStart()), async () =>
      (await alertsOf('open')).find(({ rule, simulated }) => rule === 'flood-level' && simulated),
    );
    await visitor.open('/alerts');
    await visitor.page.locator('main li.alert', { hasText: alert.stationName.en }).first().waitFor();
    expect(alert.openedAt - startedOn).toBeLessThan(180_000);
    expect(visitor.complaints).toEqual([]);
  });

  test('it ends within five seconds, and the second start shows the same history and alerts', { timeout: 120_000 }, async () => {
    await eventually('the year to be filled', 60_000, async () => {
      const { progress } = await system.api<OverviewView>('/overview');
      return progress.every(({ finishedAt }) => finishedAt !== null);
    });
    await visitor.page.getByLabel(FILLING).waitFor({ state: 'detached' });
    const until = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
    const before = { history: await history(until), alerts: await alertsOf('all') };
    for (const { id, points, days } of before.history) {
      // Water is back-filled by its four-hourly samples, the others hour by hour.
      expect([id, points.length]).toEqual([id, expect.toSatisfy((count: number) => count > 100)]);
      expect(days.filter(({ assessment }) => assessment !== null).length).toBeGreaterThan(0.95 * days.length);
    }

    const told = performance.now();
    expect(await system.stop()).toBe(0);
    expect(performance.now() - told).toBeLessThan(5000);
    await visitor.leave();

    await start();
    await signIn();
    await visitor.settled();
    expect(await visitor.page.getByLabel(FILLING).count()).toBe(0);
    expect(await history(until)).toEqual(before.history);
    const after = new Map((await alertsOf('all')).map((alert) => [alert.id, alert]));
    expect(before.alerts.length).toBeGreaterThan(0);
    for (const { id, rule, station, openedAt } of before.alerts) expect(after.get(id)).toMatchObject({ rule, station, openedAt });
  });

  /** The session of the first visitor with other settings. */
  async function signedInAs(theme: Theme, language: Language): Promise<BrowserContextOptions['storageState']> {
    const { cookies } = await visitor.memory();
    const settings = { name: 'clearbay.settings', value: JSON.stringify({ theme, language }) };
    return { cookies, origins: [{ origin: system.url, localStorage: [settings] }] };
  }
});

/** The hour before, of an ISO time: a page may have been drawn just before the hour. */
function hourBefore(iso: string): string {
  return new Date(Date.parse(iso) - HOUR_MS).toISOString().slice(11, 13);
}
