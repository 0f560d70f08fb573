import type { ApiSources } from '@clearbay/console-server/services.ts';
import type { ExplanationView } from '@clearbay/contract/api.ts';
import { AIR } from './staged-district.ts';

function viewed(zh: string, edition = 'HJ 633-2026'): Omit<ExplanationView, 'station'> {
  if (edition !== 'HJ 633-2026' && edition !== 'hj633-2012')
    throw new RangeError(`no edition is called ${edition}; there is hj633-2012`);
  return {
    derivation: { figure: { zh, en: 'AQI' }, edition, inputs: [], steps: [] },
    sentences: { zh: [zh], en: ['AQI'] },
    editions: [{ id: 'hj633-2012', label: 'HJ 633-2012' }],
  };
}

/** Explains the air station, the district's air of an hour and every target; the figure says which period was asked for. */
export const stagedExplanations: ApiSources['explanations'] = {
  station: async (station, _period, edition) =>
    station === AIR.id ? { station, ...viewed('空气质量指数', edition) } : undefined,
  district: async (period, edition) => ({
    of: 'district',
    ...viewed(period === undefined ? 'newest' : `${period.start}-${period.end}`, edition),
  }),
  target: async (of, edition) => ({ of, ...viewed(of, edition) }),
};
