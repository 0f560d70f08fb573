import type { DerivationStep } from '../../derivation.ts';
import type { WaterBody, WaterStation } from '../../district.ts';
import { approximate, roundHalfEven } from '../../exact.ts';
import type { Reading } from '../../reading.ts';
import { dayStart } from '../../time.ts';
import { sourceCompliance, zoneCompliance } from './compliance.ts';
import { itemNames } from './explain-steps.ts';
import { itemLabel, waterMetric } from './metrics.ts';
import { PeriodSums, valuesOf } from './period.ts';
import { type ItemMean, judgeMeans } from './sample.ts';
import { type ClassNo, classCode, type WaterEditions } from './standard.ts';
import { trophicIndex } from './trophic.ts';

type Means = (metric: string) => ItemMean | undefined;

/** Whether a drinking-water source complies in a month and with which items over their limits. */
export function sourceSteps(means: Means, body: WaterBody, editions: WaterEditions): DerivationStep[] {
  const { complies, exceeding, itemsAssessed } = sourceCompliance(means, body, editions);
  const over = (language: 'zh' | 'en') =>
    exceeding
      .map(({ metric, multiple }) => `${itemLabel(metric)[language]}${multiple === null ? '' : ` (${multiple})`}`)
      .join(', ');
  const verdict =
    complies === null
      ? { zh: '无监测项目，不评价', en: 'nothing was measured, not judged' }
      : complies
        ? { zh: '达标', en: 'complies' }
        : { zh: `不达标（${over('zh')}）`, en: `does not comply (${over('en')})` };
  return [
    {
      text: {
        zh: `饮用水水源地：表 1 按 Ⅲ 类、表 2 与表 3 按限值，评价 ${itemsAssessed.length} 项：${verdict.zh}`,
        en: `drinking-water source: table 1 at class III, tables 2 and 3 at their limits, ${itemsAssessed.length} items assessed: ${verdict.en}`,
      },
      clause: `${editions.limits.label} tables 1 to 3`,
      values: {
        complies: complies === null ? null : String(complies),
        exceeding: exceeding.map(({ metric }) => metric).join(';'),
        itemsAssessed: itemsAssessed.join(';'),
      },
    },
  ];
}

/** Whether a function zone complies: the share of its measurements that meet its class (SL 395-2007). Null classes count on neither side. */
export function zoneSteps(
  classes: readonly (ClassNo | null)[],
  targetClass: WaterStation['targetClass'],
  editions: WaterEditions,
): DerivationStep[] {
  const { complies, measurements } = zoneCompliance(classes, targetClass, editions.method.settings);
  const needed = editions.method.settings.functionZoneShare;
  const percent = measurements.share === null ? '—' : roundHalfEven(measurements.share * 100, 1);
  const verdict =
    complies === null
      ? { zh: '不评价', en: 'not judged' }
      : complies
        ? { zh: '达标', en: 'complies' }
        : { zh: '不达标', en: 'does not comply' };
  return [
    {
      text: {
        zh: `水功能区：${measurements.of} 次测定中 ${measurements.met} 次达到 ${classCode(targetClass)} 类（${percent} %，需 ${needed} %）：${verdict.zh}`,
        en: `function zone: ${measurements.met} of ${measurements.of} measurements meet class ${classCode(targetClass)} (${percent} %, ${needed} % needed): ${verdict.en}`,
      },
      clause: 'SL 395-2007',
      values: { met: measurements.met, of: measurements.of, needed, complies: complies === null ? null : String(complies) },
    },
  ];
}

/** TLI of each item, their weighted sum and the grade; it says which items are missing where there is no index. */
export function trophicSteps(values: Readonly<Record<string, number | undefined>>, editions: WaterEditions): DerivationStep[] {
  const { method } = editions;
  const { index, parts, grade, missing } = trophicIndex(values, method);
  const items = method.trophic.items.filter(({ metric }) => parts[metric] !== undefined);
  const steps = items.map(({ metric, a, b, r2 }): DerivationStep => {
    const label = itemLabel(metric);
    const part = roundHalfEven(parts[metric] ?? 0, 2);
    const formula = `10 × (${a} ${b < 0 ? '−' : '+'} ${Math.abs(b)} ln ${values[metric]})`;
    return {
      text: { zh: `TLI(${label.zh}) = ${formula} = ${part}`, en: `TLI(${label.en}) = ${formula} = ${part}` },
      clause: method.label,
      values: { metric, value: values[metric] ?? null, unit: waterMetric(metric)?.unit ?? '', r2, tli: part },
    };
  });
  const printed = index === null ? null : roundHalfEven(index, 1);
  const text =
    printed === null
      ? {
          zh: `缺${itemNames(missing, 'zh')}，不计算综合营养状态指数`,
          en: `${itemNames(missing, 'en')} missing: there is no trophic level index`,
        }
      : {
          zh: `综合营养状态指数 TLI(Σ) = ${printed}：${grade?.text.zh ?? '—'}`,
          en: `trophic level index TLI(Σ) = ${printed}: ${grade?.text.en ?? 'none'}`,
        };
  return [
    ...steps,
    { text, clause: method.label, values: { index: printed, grade: grade?.code ?? null, missing: missing.join(';') } },
  ];
}

/** Class of each natural day by the mean of its values, however few, as the measurements of a function zone. */
function dayClasses(taken: readonly Reading[], station: WaterStation, editions: WaterEditions): (ClassNo | null)[] {
  return [...Map.groupBy(taken, ({ at }) => dayStart(at))].map(([start, readings]) => {
    const sums = new PeriodSums('day', start, editions.method);
    for (const value of readings.flatMap(valuesOf)) sums.add(value);
    return judgeMeans((metric) => sums.mean(metric), station.waterBody, editions).classNo;
  });
}

/** What a month says of a station's role beside its class: compliance of a source or a function zone, and the trophic index of a lake. */
export function roleSteps(
  station: WaterStation,
  means: Means,
  taken: readonly Reading[],
  editions: WaterEditions,
): DerivationStep[] {
  const steps: DerivationStep[] = [];
  if (station.role === 'source') steps.push(...sourceSteps(means, station.waterBody, editions));
  if (station.role === 'function-zone')
    steps.push(...zoneSteps(dayClasses(taken, station, editions), station.targetClass, editions));
  if (station.waterBody !== 'lake') return steps;
  const values = editions.method.trophic.items.map(({ metric }): [string, number | undefined] => {
    const found = means(metric);
    return [metric, found === undefined ? undefined : approximate(found.mean)];
  });
  return [...steps, ...trophicSteps(Object.fromEntries(values), editions)];
}
