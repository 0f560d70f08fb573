import { derivationSentences } from '@clearbay/domain/derivation.ts';
import { STRICT_RULES } from '@clearbay/domain/targets/budget.ts';
import { explainTarget } from '@clearbay/domain/targets/explain.ts';
import { type GoodDayQuestion, goodDayTarget } from '@clearbay/domain/targets/good-days.ts';
import { zoneShareTarget } from '@clearbay/domain/targets/members.ts';
import { startOfDate } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { daysFrom, TABLE_4, TARGET } from './judged-days.ts';

const question: GoodDayQuestion = {
  target: TARGET,
  year: 2025,
  today: '2025-01-31',
  demonstration: false,
  rules: STRICT_RULES,
  policies: [
    { policy: 'by-date', edition: 'GB 3095-2012', days: daysFrom('2025-01-01', 30, 3, 1), history: [] },
    { policy: '2026', edition: 'GB 3095-2026 transition', days: daysFrom('2025-01-01', 30, 12), history: [] },
  ],
  chosen: 'by-date',
  validity: TABLE_4,
  random: () => 0,
};
const figure = goodDayTarget(question);
const evidence = {
  inputs: [{ metric: 'aqi', at: startOfDate('2025-01-01'), value: 120, unit: '', flags: ['exceptional'] }],
  notJudged: ['2025-01-04'],
};

describe('derivation of the good-day target', () => {
  test('says what the plan asks, what the days gave and what was left out', () => {
    const derivation = explainTarget(figure, evidence);
    // 26 good of 29 valid days; nobody can say more with no history: 3 bad of 29 are more than 3 %.
    expect(derivation.figure).toEqual({ zh: '空气优良率：至今 89.7 %，有风险', en: 'good-air days: 89.7 % so far, at risk' });
    expect(derivation.edition).toBe('GB 3095-2012');
    expect(derivation.inputs).toEqual(evidence.inputs);
    const sentences = derivationSentences(derivation, 'en');
    expect(sentences).toEqual(
      expect.arrayContaining([
        'target at least 97 % (indicator 31), compared unrounded [indicator 31]',
        'without a valid judgement, counted on neither side: 2025-01-04 [GB 3095-2012]',
        '26 good of 29 valid days; 3 bad, 1 not valid, 335 to come [GB 3095-2012]',
        'under GB 3095-2026 transition: 60 %, lost [GB 3095-2026 transition]',
      ]),
    );
    expect(sentences.join('\n')).toContain('bad days allowed, 3 used');
    expect(derivationSentences(derivation, 'zh').join('\n')).toContain('无有效评价、不计入：2025-01-04');
    expect(JSON.parse(JSON.stringify(derivation))).toEqual(derivation);
  });

  test('under another edition gives its value and verdict, and refuses one that it is not judged under', () => {
    const other = explainTarget(figure, evidence, 'GB 3095-2026 transition');
    expect(other.figure.en).toBe('good-air days: 60 % so far, lost');
    expect(other.edition).toBe('GB 3095-2026 transition');
    expect(derivationSentences(other, 'en').join('\n')).not.toContain('GB 3095-2012');
    expect(explainTarget(figure, evidence, 'GB 3095-2012').figure.en).toBe('good-air days: 89.7 % so far, at risk');
    expect(() => explainTarget(figure, evidence, 'GB 3095-1996')).toThrow(/judged under GB 3095-2012, not under GB 3095-1996/);
  });

  test('names ten gaps and counts the rest', () => {
    const notJudged = Array.from({ length: 12 }, (_, index) => `2025-01-${String(index + 1).padStart(2, '0')}`);
    const step = explainTarget(figure, { inputs: [], notJudged }).steps[1];
    expect(step?.text.en).toMatch(/2025-01-10 and 2 more$/);
    expect(step?.values.notJudged).toBe(notJudged.join(';'));
  });
});

test('a target of members has a step for each of them', () => {
  const name = { zh: '河口', en: 'estuary' };
  const zones = zoneShareTarget({
    target: { id: 'zones', kind: 'function-zones', name, value: 1, clause: { zh: '指标 9', en: 'indicator 9' } },
    zones: [{ station: 'z1', name, origin: 'measured', met: 8, of: 10, remaining: 2 }],
    zoneShare: 0.8,
    edition: 'GB 3838-2002',
    demonstration: false,
  });
  const derivation = explainTarget(zones, { inputs: [], notJudged: [] });
  expect(derivation.figure.en).toBe('estuary: 100 % so far, on track');
  expect(derivation.steps.find(({ values }) => values.station === 'z1')).toMatchObject({
    text: { en: 'estuary: 8 of 10 measurements comply (80.0 %)' },
    values: { value: 0.8, meets: 'true' },
  });
});
