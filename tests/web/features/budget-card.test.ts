// @vitest-environment jsdom
import type { TargetView } from '@clearbay/contract/api.ts';
import { mount, RouterLinkStub } from '@vue/test-utils';
import { describe, expect, test } from 'vitest';
import { budgetSquares, goodDaysNeeded } from '../../../console/web/charts/budget.ts';
import BudgetCard from '../../../console/web/features/overview/BudgetCard.vue';
import { createMessages } from '../../../console/web/locale/i18n.ts';
import type { Language } from '../../../console/web/ui/settings.ts';

type Budget = NonNullable<TargetView['budget']>;

const BUDGET: Budget = {
  allowed: 10,
  used: 8,
  left: 2,
  good: 316,
  valid: 324,
  invalid: 3,
  daysLeft: 38,
  badDays: [{ date: '2026-10-19', aqi: 119, primary: ['o3'] }],
};

function card(budget: Partial<Budget> = {}, language: Language = 'zh', change: Partial<TargetView> = {}) {
  const target = {
    id: 'good-air-days',
    kind: 'good-air-days',
    name: { zh: '空气优良天数比例', en: 'Share of good-air days' },
    clause: { zh: '第 11.2 节', en: 'Plan 11.2' },
    unit: '%',
    target: 0.97,
    value: 316 / 324,
    margin: 316 / 324 - 0.97,
    verdict: 'at-risk',
    verdictText: { zh: '', en: '' },
    probability: 0.81,
    method: { zh: '按近 5 年同期推算', en: 'from the last 5 years' },
    edition: 'GB 3095-2026',
    simulated: true,
    otherEditions: [{ edition: 'GB 3095-2012', value: 0.98, verdict: 'on-track', badDays: 7 }],
    members: [],
    ...change,
    budget: { ...BUDGET, ...budget },
  } satisfies TargetView;
  return mount(BudgetCard, {
    props: { target },
    global: { plugins: [createMessages(language)], stubs: { RouterLink: RouterLinkStub } },
  });
}

describe('the 97 % budget', () => {
  test('says what is left, allowed and used, the share, the chance with its method, the other editions and the rule', () => {
    const text = card().text();
    for (const said of [
      '还可超标 2 天',
      '预算 10 天，已用 8 天',
      '97.5%',
      '有效 324 天',
      '达标把握 81%',
      '按近 5 年同期推算',
      'GB 3095-2012',
      '98.0%',
      '不修约比较',
      '第 11.2 节',
      '10-19 O₃ 119',
      '模拟',
    ])
      expect(text).toContain(said);
  });

  test('the days left are the largest number and the days needed follow from them', () => {
    expect(card().find('.left').text()).toBe('2');
    expect(card().text()).toContain('须优良 ≥ 36 天');
  });

  test('nothing left and a passed budget are said in words', () => {
    expect(card({ used: 10, left: 0 }).text()).toContain('已不可再超标');
    expect(card({ used: 12, left: -2 }).text()).toContain('已超出预算 2 天');
  });

  test('without data there are dashes, not zeros', () => {
    const text = card({}, 'zh', { value: null, probability: null, verdict: 'no-data' }).text();
    expect(text).toContain('—');
    expect(text).not.toContain('0.0%');
    expect(text).toContain('暂无法给出把握');
  });

  test('English says the same', () => {
    expect(card({}, 'en').text()).toContain('2 more bad days can be afforded this year');
  });

  test('the meter has one square a day, with those beyond the budget behind', () => {
    expect(budgetSquares({ allowed: 3, used: 2 })).toEqual(['used', 'used', 'left']);
    expect(budgetSquares({ allowed: 2, used: 3 })).toEqual(['used', 'used', 'over']);
    expect(goodDaysNeeded({ daysLeft: 5, left: 9 })).toBe(0);
    expect(goodDaysNeeded({ daysLeft: 5, left: -1 })).toBe(5);
  });
});
