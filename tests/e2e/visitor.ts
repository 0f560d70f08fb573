import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export type Language = 'zh' | 'en';
export type Theme = 'light' | 'dark';

export interface VisitorOptions {
  readonly url: string;
  readonly language?: Language;
  readonly theme?: Theme;
  /** Width of the window, px. */
  readonly width?: number;
  /** Zone that the person's computer is set to. */
  readonly timezoneId?: string;
  /** Cookies of somebody who has signed in before. */
  readonly signedIn?: BrowserContextOptions['storageState'];
}

const HEIGHT = 844;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Somebody with a browser of their own at the console. What the browser complains of is kept. */
export class Visitor {
  readonly page: Page;
  /** Errors of scripts, of the content security policy and of requests, since the beginning. */
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;
  readonly #url: string;

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.#context = context;
    this.page = page;
    this.#url = url;
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${page.url()}: ${message.text()} ${message.location().url}`);
    });
  }

  static async arrive(browser: Browser, options: VisitorOptions): Promise<Visitor> {
    const { url, language = 'en', theme = 'light', width = 1440, timezoneId, signedIn } = options;
    const context = await browser.newContext({
      viewport: { width, height: HEIGHT },
      ...(timezoneId === undefined ? {} : { timezoneId }),
      ...(signedIn === undefined ? {} : { storageState: signedIn }),
    });
    const settings = JSON.stringify(JSON.stringify({ language, theme }));
    await context.addInitScript(
      `localStorage.getItem('clearbay.settings') ?? localStorage.setItem('clearbay.settings', ${settings})`,
    );
    context.setDefaultTimeout(15_000);
    return new Visitor(context, await context.newPage(), url);
  }

  async signIn(user: string, password: string): Promise<void> {
    await this.page.goto(`${this.#url}/login`);
    await this.page.locator('#user').fill(user);
    await this.page.locator('#password').fill(password);
    await this.page.locator('button[type=submit]').click();
    await this.page.waitForURL('**/overview');
  }

  /** Cookies and settings, for the next visitor. */
  memory() {
    return this.#context.storageState();
  }

  /** Opens a page of the console anew and waits until its content is there. */
  async open(path: string): Promise<void> {
    await this.page.goto(`${this.#url}${path}`);
    await this.page.locator('main').first().waitFor();
    await this.settled();
  }

  /** Waits until nothing says that it is still being read. */
  async settled(): Promise<void> {
    const reading = this.page.locator('[aria-busy="true"]').or(this.page.getByText(/^(Loading…|正在读取…)$/));
    await eventually('the page to have read everything', 15_000, async () => (await reading.count()) === 0);
  }

  /** Text of the page's content. */
  async text(): Promise<string> {
    return (await this.page.locator('main').textContent()) ?? '';
  }

  /** What keeps people from using the page as it stands: axe's serious and critical findings. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(AXE);
    const run = `axe.run(document, { runOnly: ${JSON.stringify(STANDARDS)} })`;
    const { violations } = (await this.page.evaluate(run)) as AxeResults;
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  /** How far the page reaches beyond the window to the side, px. */
  async sidewaysPx(): Promise<number> {
    return Math.max(0, Number(await this.page.evaluate('document.documentElement.scrollWidth - innerWidth')));
  }

  async leave(): Promise<void> {
    await this.#context.close();
  }
}

/** Waits until something is found; says what was missing where it never is. */
export async function eventually<Found>(
  what: string,
  limitMs: number,
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
): Promise<Found> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(50);
  }
}
