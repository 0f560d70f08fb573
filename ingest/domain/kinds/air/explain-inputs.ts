import type { DerivationInput } from '../../derivation.ts';
import { isExcluded, type QualityFlag, qualityNames } from '../../quality.ts';
import type { Reading } from '../../reading.ts';
import type { Text } from '../../text.ts';
import { unitOf } from './pollutant-names.ts';
import { POLLUTANTS, type Pollutant } from './standard.ts';

const REASONS: Readonly<Record<QualityFlag, Text>> = {
  range: { zh: '超出合理范围', en: 'outside the plausible range' },
  rate: { zh: '变化过快', en: 'changed too fast' },
  spike: { zh: '突跳', en: 'spike' },
  stuck: { zh: '数值不变', en: 'stuck' },
  clock: { zh: '时钟偏差', en: 'clock off' },
  late: { zh: '迟到', en: 'late' },
  future: { zh: '时间在未来', en: 'time in the future' },
  arrival: { zh: '以接收时间代替', en: 'receive time stands in' },
  marked: { zh: '设备标记无效', en: 'marked by the device' },
  calibration: { zh: '校准', en: 'calibration' },
  maintenance: { zh: '维护', en: 'maintenance' },
  neighbour: { zh: '邻站不支持', en: 'neighbours do not confirm' },
  excluded: { zh: '人工剔除', en: 'excluded by a person' },
  overRange: { zh: '超量程标记', en: 'marked above range' },
};

/** Says why a value that no flag excludes took no part all the same; undefined where it did. */
export type LeftOut = (pollutant: Pollutant, at: number) => Text | undefined;

/** Every pollutant value of (start, end], oldest first, with its flags and why it was left out. */
export function explainInputs(readings: readonly Reading[], start: number, end: number, leftOut: LeftOut): DerivationInput[] {
  const inputs: DerivationInput[] = [];
  for (const reading of readings) {
    if (reading.at <= start || reading.at > end) continue;
    for (const metric of POLLUTANTS) {
      const value = reading.values[metric];
      if (value === undefined) continue;
      const bits = reading.quality?.[metric] ?? 0;
      const flags = qualityNames(bits);
      const input = { metric, at: reading.at, value, unit: unitOf(metric), flags };
      const excluded = isExcluded(bits) ? reasonsOf(flags) : leftOut(metric, reading.at);
      inputs.push(excluded === undefined ? input : { ...input, excluded });
    }
  }
  return inputs.sort((a, b) => a.at - b.at);
}

function reasonsOf(flags: readonly QualityFlag[]): Text {
  return {
    zh: flags.map((flag) => REASONS[flag].zh).join('、'),
    en: flags.map((flag) => REASONS[flag].en).join(', '),
  };
}
