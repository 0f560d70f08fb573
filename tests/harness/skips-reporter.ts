import type { Reporter, TestModule } from 'vitest/node';

/** Names every skipped test at the end, closes with one plain line of counts, and fails the run on a skip where CI is set. */
export default class SkipsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      if (module.state() === 'failed' && module.children.size === 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') counts[state] += 1;
        else {
          counts.skipped += 1;
          skipped.push(`${module.moduleId.split('/tests/').at(-1)}: ${test.fullName}`);
        }
      }
    }
    for (const name of skipped) process.stdout.write(`skipped: ${name}\n`);
    if (skipped.length > 0 && process.env.CI) {
      process.stdout.write('A skipped test is a failure here: install what it needs.\n');
      process.exitCode = 1;
    }
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
