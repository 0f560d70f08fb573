// @vitest-environment jsdom
import type { TargetView } from '@clearbay/contract/api.ts';
import { mount, RouterLinkStub } from '@vue/test-utils';
import { describe, expect, test } from 'vitest';
import { evidenceMonths } from '../../../console/web/features/targets/evidence-months.ts';
import TargetPanel from '../../../console/web/features/targets/TargetPanel.vue';
import { createMessages } from '../../../console/web/locale/i18n.ts';
import type { Language } from '../../../console/web/ui/settings.ts';

const EVIDENCE = { first: '2026-01-30', values: [24.5, null, 20, 22.1], unit: 'µg/m³', line: 22 };
const count = (valid: number, needed: number, possible: number) => {
  const missing = Math.max(0, needed - valid);
  return { valid, needed, missing, possible, reachable: missing <= possible };
};

const TARGET: TargetView = {
  id: 'pm25-mean',
  kind: 'pm25-mean',
  name: { zh: 'PM2.5 年均浓度', en: 'PM2.5 annual mean' },
  clause: { zh: '第 11.2 节', en: 'Plan 11.2' },
  unit: 'µg/m³',
  target: 22,
  value: 22.03,
  margin: -0.03,
  verdict: 'no-data',
  verdictText: { zh: '年均值已不可能有效', en: 'can no longer be valid' },
  probability: null,
  method: { zh: '', en: '' },
  edition: 'GB 3095-2026 transition',
  simulated: false,
  rest: { days: 300, mayAverage: null },
  validity: {
    year: count(60, 324, 300),
    months: [
      { month: '2026-01', ...count(31, 27, 0) },
      { month: '2026-02', ...count(20, 25, 0) },
      { month: '2026-03', ...count(9, 27, 22) },
    ],
    reachable: false,
  },
  evidence: EVIDENCE,
  withoutExceptional: { value: 21.5, margin: 0.5, days: [{ date: '2026-01-30', reason: { zh: '沙尘', en: 'dust' } }] },
  otherEditions: [{ edition: 'GB 3095-2012', value: 22.03, verdict: 'no-data', limit: 35 }],
  members: [],
};

function panel(language: Language = 'zh', change: Partial<TargetView> = {}) {
  return mount(TargetPanel, {
    props: { target: { ...TARGET, ...change }, names: new Map() },
    global: { plugins: [createMessages(language)], stubs: { RouterLink: RouterLinkStub } },
  });
}

describe('a target on its page', () => {
  test('says how far it is from its goal, both figures of exceptional events and the other editions with their limits', () => {
    const text = panel().text();
    for (const said of [
      '22.0 µg/m³',
      '未达目标，差 0.03 µg/m³',
      '无法判定',
      '21.5 µg/m³',
      '2026-01-30 沙尘',
      '年均限值 35 µg/m³',
    ])
      expect(text).toContain(said);
    expect(text).not.toContain('超标');
    expect(panel('en', { margin: 0 }).text()).toContain('exactly at the target');
    expect(panel('en', { unit: '', target: 0.97, value: 0.98, margin: 0.01 }).text()).toContain('by 1.0 percentage points');
    expect(panel('zh', { value: null, margin: null }).text()).not.toContain('目标，差');
  });

  test('counts down the valid days of the year and the running month, and names the months that have failed', () => {
    const lines = panel().findAll('.validity li');
    expect(
      lines.map((line) =>
        line
          .findAll(':scope > *')
          .map((part) => part.text())
          .join(' '),
      ),
    ).toEqual(['全年 60/324 还需 264 天，尚可有 300 天', '2026-03 9/27 还需 18 天，尚可有 22 天']);
    expect(panel('en').text()).toContain('Months that have too few valid days: 2026-02');
  });

  test('the share of good days says that no minimum of valid days is stated for it', () => {
    expect(panel('zh', { kind: 'good-air-days' }).text()).toContain('优良率没有规定最少有效日');
    expect(panel('zh').text()).toContain('全年 324 天，每月 27 天（2 月 25 天）');
  });

  test('the days behind the figure open by month, those over the line marked by more than colour', async () => {
    const shown = panel();
    expect(shown.findAll('.evidence li')).toHaveLength(0);
    const details = shown.find<HTMLDetailsElement>('.evidence');
    details.element.open = true;
    await details.trigger('toggle');
    expect(shown.findAll('.evidence h4').map((month) => month.text())).toEqual(['2026-02', '2026-01']);
    expect(shown.findAll('.evidence li').map((day) => day.text().replace(/\s+/g, ' '))).toEqual([
      '01 20.0',
      '02 22.1▲',
      '30 24.5▲',
      '31 —',
    ]);
  });

  test('a line of AQI 100 is kept by 100 and passed by 101, both whole', () => {
    const [month] = evidenceMonths({ first: '2026-03-01', values: [100, 101], unit: '', line: 100 });
    expect(month?.days.map(({ text, isOver }) => [text, isOver])).toEqual([
      ['100', false],
      ['101', true],
    ]);
  });
});
