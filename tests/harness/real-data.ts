import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

/** Folder of the recorded public data: CLEARBAY_REAL_DATA, else `../shared/data` beside the repository; undefined where neither is there. */
function realDataFolder(): string | undefined {
  const folder = process.env.CLEARBAY_REAL_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
  return existsSync(folder) ? folder : undefined;
}

/** A suite on recorded data. Where the data are absent it is skipped by name; in CI it then fails instead. */
export function describeWithRealData(name: string, suite: (folder: string) => void): void {
  const folder = realDataFolder();
  if (folder !== undefined) {
    describe(name, () => suite(folder));
  } else if (process.env.CI) {
    describe(name, () => {
      throw new Error(`${name}: recorded data are absent; set CLEARBAY_REAL_DATA`);
    });
  } else {
    describe.skip(`${name} (recorded data are absent; set CLEARBAY_REAL_DATA)`, () => suite(''));
  }
}
