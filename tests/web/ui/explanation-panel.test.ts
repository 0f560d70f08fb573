// @vitest-environment jsdom
import type { FigureExplanationView } from '@clearbay/contract/api.ts';
import { flushPromises, mount } from '@vue/test-utils';
import { beforeEach, expect, test, vi } from 'vitest';
import { type Explained, explanationPath } from '../../../console/web/api/explanation-path.ts';
import type * as Queries from '../../../console/web/api/queries.ts';
import { createMessages } from '../../../console/web/locale/i18n.ts';
import ExplanationPanel from '../../../console/web/ui/ExplanationPanel.vue';

const NOW = Date.UTC(2026, 5, 10, 4);

vi.mock('../../../console/web/live/use-live.ts', async () => {
  const { ref } = await import('vue');
  const stations = [{ station: { id: 'a', name: { zh: '一号站', en: 'Station one' } } }];
  return { useLive: () => ({ now: ref(Date.UTC(2026, 5, 10, 4)) }), useOverview: () => ref({ stations }) };
});

function answer(edition: string): FigureExplanationView {
  const input = { station: 'a', metric: 'pm25', at: NOW, value: 900, unit: 'µg/m³', flags: [] };
  return {
    of: 'tiz',
    derivation: {
      figure: { zh: '时段未结束', en: `AQI under ${edition}` },
      edition,
      inputs: [{ ...input, excluded: { zh: '不足 45 分钟', en: 'less than 45 min' } }],
      steps: [{ text: { zh: '均值', en: 'mean of 2 of 3 stations' }, clause: 'HJ 663', values: { of: 3 } }],
    },
    sentences: { zh: [], en: [] },
    editions: [
      { id: 'gb3095-2012', label: 'GB 3095-2012' },
      { id: 'gb3095-2026-transition', label: 'GB 3095-2026 transition' },
    ],
  };
}

const asked: string[] = [];

vi.mock('../../../console/web/api/queries.ts', async () => {
  const { computed, ref } = await import('vue');
  const useExplanation: typeof Queries.useExplanation = (of, edition, wanted) => {
    const data = computed(() => {
      if (!wanted.value) return undefined;
      asked.push(`${explanationPath(of.value)} ${edition.value}`);
      return answer(edition.value === '' ? 'GB 3095-2026' : 'GB 3095-2012');
    });
    return { data, isFetching: ref(false), error: ref(null), refetch: vi.fn() } as unknown as ReturnType<
      typeof Queries.useExplanation
    >;
  };
  return { useExplanation };
});
beforeEach(() => {
  asked.length = 0;
});

const panel = (of: Explained) => mount(ExplanationPanel, { props: { of }, global: { plugins: [createMessages('en')] } });

test('nothing is asked for before somebody looks; then figure, steps, stations and what was left out are there', async () => {
  const wrapper = panel('district');
  await flushPromises();
  expect(asked).toEqual([]);
  await wrapper.get('button').trigger('click');
  await flushPromises();
  expect(asked).toEqual(['/district/explanation ']);
  for (const said of [
    'AQI under GB 3095-2026',
    'mean of 2 of 3 stations',
    'HJ 663',
    'Station one',
    '✗ left out: less than 45 min',
  ])
    expect(wrapper.text()).toContain(said);
});

test('another edition is asked for by its id', async () => {
  const wrapper = panel({ target: 'good days' });
  await wrapper.get('button').trigger('click');
  await flushPromises();
  await wrapper
    .findAll('fieldset button')
    .find((button) => button.text() === 'GB 3095-2012')
    ?.trigger('click');
  await flushPromises();
  expect(asked).toEqual(['/targets/good%20days/explanation ', '/targets/good%20days/explanation gb3095-2012']);
  expect(wrapper.text()).toContain('AQI under GB 3095-2012');
});
