import { demonstrationShower, gaugeForDemonstration } from '@clearbay/simulators/scenario.ts';
import { describe, expect, test } from 'vitest';
import { gauge } from './small-district.ts';

const START = Date.UTC(2026, 10, 23);

function levels(everyMs: number): { at: number; level: number; rain: number }[] {
  const shower = demonstrationShower(gauge, START);
  const seen = [];
  for (let at = START; at <= shower.to; at += everyMs) {
    const values = shower.shape({ level: 0.9, rainfall: 0 }, at);
    seen.push({ at: at - START, level: values.level ?? 0, rain: values.rainfall ?? 0 });
  }
  return seen;
}

describe('the demonstration shower', () => {
  test('is two samples over the warning level within two minutes, whether reported every 10 or every 30 s', () => {
    for (const everyMs of [10_000, 30_000]) {
      const over = levels(everyMs).filter(({ at, level }) => at <= 120_000 && level > gauge.lines.warning);
      expect(over.length).toBeGreaterThanOrEqual(2);
    }
  });

  test('rains while it rises and ends at the level it came from', () => {
    const seen = levels(10_000);
    expect(seen.reduce((sum, { rain }) => sum + rain, 0)).toBeGreaterThan(2);
    expect(seen.at(-1)?.level).toBeCloseTo(0.9, 1);
    expect(seen.at(-1)?.rain).toBe(0);
    expect(Math.max(...seen.map(({ level }) => level))).toBe(2.52);
  });

  test('says that it is simulated', () => {
    const { label } = demonstrationShower(gauge, START);
    expect(label.zh).toContain('模拟');
    expect(label.en).toContain('Simulated');
  });

  test('takes the gauge with the least climb that is no tidal one and in service', () => {
    const low = { ...gauge, id: 'low', lines: { ...gauge.lines, normal: 2 } };
    const tidal = { ...low, id: 'tidal', tidal: true, lines: { ...gauge.lines, normal: 2.3 } };
    const planned = { ...low, id: 'planned', state: 'planned' as const, lines: { ...gauge.lines, normal: 2.3 } };
    expect(gaugeForDemonstration([gauge, tidal, planned, low])?.id).toBe('low');
    expect(gaugeForDemonstration([tidal])).toBeUndefined();
  });
});
