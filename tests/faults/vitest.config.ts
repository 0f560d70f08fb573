import { defineConfig } from 'vitest/config';

/** The fault tests stop, kill and flood whole systems: one file after the other, and apart from `npm test`. */
export default defineConfig({
  test: {
    include: ['tests/faults/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    maxConcurrency: 6,
    reporters: ['default', './tests/harness/skips-reporter.ts'],
  },
});
