import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWeb } from './built-web.ts';

const KIB = 1024;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

let out: string;
let manifest: Readonly<Record<string, Chunk>>;

beforeAll(async () => {
  out = await buildWeb();
  manifest = JSON.parse(readFileSync(join(out, '.vite/manifest.json'), 'utf8'));
}, 120_000);

afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Every chunk that a page needs before it can be used: shell and route with all they import. */
function chunksOf(page: string): Chunk[] {
  const found = new Map<string, Chunk>();
  const visit = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined || found.has(name)) return;
    found.set(name, chunk);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  visit('index.html');
  visit(page);
  expect(found.has(page), `${page} is no route`).toBe(true);
  return [...found.values()];
}

const gzipped = (files: Iterable<string>): number =>
  [...new Set(files)].reduce((sum, file) => sum + gzipSync(readFileSync(join(out, file))).length, 0) / KIB;
const scripts = (page: string): number => gzipped(chunksOf(page).map(({ file }) => file));
const hasCharts = (page: string): boolean =>
  chunksOf(page).some(({ file }) => readFileSync(join(out, file), 'utf8').includes('maxTicksLimit'));

describe('what a page weighs, kB of gzipped script', () => {
  test.each([
    ['features/login/LoginPage.vue', 100],
    ['features/overview/OverviewPage.vue', 170],
    ['features/alerts/AlertsPage.vue', 110],
    ['features/alerts/AlertPage.vue', 110],
    ['features/station/StationPage.vue', 200],
  ])('%s stays below %i', (page, budget) => {
    expect(scripts(page)).toBeLessThan(budget);
  });

  test('the chart library is on the station page alone', () => {
    expect(hasCharts('features/station/StationPage.vue')).toBe(true);
    for (const page of [
      'overview/OverviewPage',
      'alerts/AlertsPage',
      'alerts/AlertPage',
      'targets/TargetsPage',
      'kind/KindPage',
    ]) {
      expect(hasCharts(`features/${page}.vue`)).toBe(false);
    }
  });

  test('style sheets of the overview stay below 25', () => {
    expect(gzipped(chunksOf('features/overview/OverviewPage.vue').flatMap(({ css }) => css ?? []))).toBeLessThan(25);
  });

  test('nothing comes from elsewhere and nothing is inline', () => {
    const html = readFileSync(join(out, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|style=|https?:\/\//);
    expect(html.match(/<script[^>]*>([^<]*)<\/script>/)?.[1]).toBe('');
  });
});
