import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';

const CHROMIUM = process.env.CLEARBAY_CHROMIUM ?? '/usr/bin/chromium';
const CONSOLE = new URL('../../console/web/dist/index.html', import.meta.url);
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A suite in the machine's own Chromium, on the built console. Without Chromium it is skipped by name; in CI it then fails instead. */
export function describeInBrowser(name: string, suite: (browser: () => Browser) => void): void {
  if (!existsSync(CHROMIUM)) {
    if (process.env.CI) {
      describe(name, () => {
        throw new Error(`${name}: there is no ${CHROMIUM}; set CLEARBAY_CHROMIUM`);
      });
    } else describe.skip(`${name} (there is no ${CHROMIUM}; set CLEARBAY_CHROMIUM)`, () => suite(noBrowser));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      if (!existsSync(CONSOLE)) throw new Error('the console is not built: npm run build');
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    });
    afterAll(async () => {
      await browser?.close();
    });
    suite(() => browser ?? noBrowser());
  });
}

function noBrowser(): never {
  throw new Error('the browser has not been started');
}
