import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWeb } from './built-web.ts';
import { startFixture } from './fixture-server.ts';

const CHROMIUM = process.env.CLEARBAY_CHROMIUM ?? '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ROUTES = [
  '/overview',
  '/stations/air-dongyuan',
  '/stations/flood-huangtangxi',
  '/stations/park-haijiang',
  '/alerts',
  '/alerts/open-0',
  '/alerts/closed-1',
  '/water',
  '/targets',
  '/status',
  '/settings',
];

const absent = !existsSync(CHROMIUM);
const suite = absent && !process.env.CI ? describe.skip : describe;

/** Where a page cannot be used by everybody: axe's serious and critical findings. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return violations.flatMap(({ impact, id, nodes }) =>
      impact === 'serious' || impact === 'critical' ? nodes.map(({ html }) => `${id}: ${html}`) : [],
    );
  });
}

suite(absent ? `the built pages in Chromium (${CHROMIUM} is absent)` : 'the built pages in Chromium', () => {
  let out: string;
  let server: Awaited<ReturnType<typeof startFixture>>;
  let browser: Browser;

  beforeAll(async () => {
    out = await buildWeb();
    server = await startFixture(0, out);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(out, { recursive: true, force: true });
  });

  async function open(theme: string, language: string, width: number): Promise<{ page: Page; faults: string[] }> {
    const context = await browser.newContext({ viewport: { width, height: 844 }, timezoneId: 'America/Los_Angeles' });
    await context.addInitScript(
      (settings) => localStorage.setItem('clearbay.settings', settings),
      JSON.stringify({ theme, language }),
    );
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    return { page, faults };
  }

  test.each([
    ['light', 'zh', 1440],
    ['dark', 'en', 390],
    ['light', 'en', 320],
    ['dark', 'zh', 1440],
  ])(
    '%s, %s, %i px: no barrier, no sideways scroll, no error, nothing that the content policy stops',
    async (theme, language, width) => {
      const { page, faults } = await open(theme, language, width);
      for (const route of [...ROUTES, '/login']) {
        await page.goto(`http://127.0.0.1:${server.port}${route}`);
        await page.locator('h1').first().waitFor({ state: 'attached' });
        if (route !== '/login') await page.locator('.link.live').waitFor();
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
          `${route} scrolls sideways`,
        ).toBeLessThanOrEqual(0);
        expect(await barriers(page), route).toEqual([]);
      }
      expect(faults).toEqual([]);
      await page.context().close();
    },
    90_000,
  );

  test('an office screen shows the whole overview without scrolling, in both languages', async () => {
    for (const language of ['zh', 'en']) {
      const { page } = await open('light', language, 1920);
      await page.setViewportSize({ width: 1920, height: 1080 });
      await page.goto(`http://127.0.0.1:${server.port}/overview`);
      await page.locator('.link.live').waitFor();
      await page.locator('.spark .curve').first().waitFor({ state: 'attached' });
      expect(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight), language).toBeLessThanOrEqual(
        0,
      );
      await page.context().close();
    }
  });

  test('an alert opens by its address with its evidence, and an unknown one says so', async () => {
    const { page } = await open('light', 'zh', 390);
    await page.goto(`http://127.0.0.1:${server.port}/alerts/open-0`);
    await page.locator('.evidence .curve').waitFor({ state: 'attached' });
    expect(await page.locator('h1').textContent()).toContain('黄塘溪');
    expect(await page.locator('main').textContent()).toContain('警戒水位');
    expect(await page.locator('a[href^="geo:"]').count()).toBe(1);
    await page.goto(`http://127.0.0.1:${server.port}/alerts/nothing`);
    await page.getByText('alert.unknown').waitFor();
    await page.context().close();
  });

  test('a machine set to another zone shows Beijing time', async () => {
    const { page } = await open('light', 'zh', 1440);
    await page.goto(`http://127.0.0.1:${server.port}/overview`);
    const clock = await page.locator('.clock').textContent();
    const beijing = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Asia/Shanghai',
      dateStyle: 'short',
      timeStyle: 'short',
    }).format(Date.now());
    expect(clock).toContain(beijing.slice(0, 10));
    expect(clock).toContain(` ${beijing.slice(11, 13)}:`);
    await page.context().close();
  });

  test('the keyboard goes to pages, freezes and helps, and can be told not to', async () => {
    const { page } = await open('light', 'en', 1440);
    await page.goto(`http://127.0.0.1:${server.port}/overview`);
    await page.locator('.link.live').waitFor();
    await page.keyboard.press('f');
    await page.locator('.banner.frozen').waitFor();
    await page.keyboard.press('f');
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await page.waitForURL('**/water');
    await page.keyboard.press('?');
    await page.locator('dialog[open]').getByText('Keyboard shortcuts').waitFor();
    await page.keyboard.press('Escape');
    await page.goto(`http://127.0.0.1:${server.port}/settings`);
    await page.getByText('Single-letter shortcuts').click();
    await page.keyboard.press('Tab');
    await page.keyboard.press('f');
    expect(await page.locator('.banner.frozen').count()).toBe(0);
    await page.context().close();
  });

  test('cut off, the page says since when and keeps its values; back on line it is live at once', async () => {
    const { page } = await open('light', 'zh', 1440);
    await page.goto(`http://127.0.0.1:${server.port}/overview`);
    await page.locator('.link.live').waitFor();
    await page.locator('.plate .marker').nth(23).waitFor();
    await page.context().setOffline(true);
    await page.locator('.banner.lost').waitFor({ timeout: 60_000 });
    expect(await page.locator('.banner.lost').textContent()).toContain('数据停在');
    expect(await page.locator('.plate .marker').count()).toBe(24);
    await page.context().setOffline(false);
    await page.locator('.link.live').waitFor({ timeout: 5000 });
    await page.context().close();
  }, 90_000);
});
