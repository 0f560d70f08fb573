import type { DerivationStep } from '../../derivation.ts';
import type { WaterBody } from '../../district.ts';
import { roundHalfEven } from '../../exact.ts';
import { itemsOfClass } from './compliance.ts';
import { itemLabel, waterMetric } from './metrics.ts';
import { itemsText, scopeText } from './rating.ts';
import type { WaterJudgement } from './sample.ts';
import type { ClassLimits, WaterEditions } from './standard.ts';

function limitsText(limits: ClassLimits, body: WaterBody): string {
  if (limits.band !== null) return `${limits.band[0]}–${limits.band[1]}`;
  return `${limits.rule === 'at-least' ? '≥' : '≤'} ${(limits[body] ?? []).join(' / ')}`;
}

/** Names of items in one language. */
export function itemNames(metrics: readonly string[], language: 'zh' | 'en'): string {
  return metrics.map((metric) => itemLabel(metric)[language]).join(language === 'zh' ? '、' : ', ');
}

/** Each judged item with its value, limits, class and multiple, those outside the class last. */
export function itemSteps(judgement: WaterJudgement, body: WaterBody, editions: WaterEditions): DerivationStep[] {
  return [...judgement.items, ...judgement.outsideClass].map((item) => {
    const label = itemLabel(item.metric);
    const limits = editions.limits.table1.find(({ metric }) => metric === item.metric);
    const metric = waterMetric(item.metric);
    const value = roundHalfEven(item.value, Math.min(6, (metric?.decimals ?? 2) + 1));
    const outside = editions.method.outsideClass.includes(item.metric);
    const times = item.multiplePrinted === null ? '' : ` (${item.multiplePrinted})`;
    return {
      text: {
        zh: `${label.zh} ${value} ${metric?.unit ?? ''} → ${item.class}${times}${outside ? '，仅供参考，不参与定类' : ''}`,
        en: `${label.en} ${value} ${metric?.unit ?? ''} → ${item.class}${times}${outside ? ', for reference, outside the class' : ''}`,
      },
      clause: `${editions.limits.label} table 1 (${limits?.item ?? ''})`,
      values: {
        metric: item.metric,
        value: item.value,
        limits: limits === undefined ? null : limitsText(limits, body),
        class: item.class,
        multiple: item.multiple,
      },
    };
  });
}

/** The class by the worst item and on how many items it rests. */
export function classStep(judgement: WaterJudgement, body: WaterBody, editions: WaterEditions): DerivationStep {
  const scope = scopeText(judgement.itemsAssessed.length, itemsOfClass(body, editions));
  const deciding = itemsText(judgement.mainPollutants.length > 0 ? judgement.mainPollutants : judgement.deciding);
  return {
    text: {
      zh: `单因子评价：最差指标定类 ${judgement.class ?? '—'}${deciding.zh === '' ? '' : `（${deciding.zh}）`}；${scope.zh}`,
      en: `single factor: the worst item makes the class, ${judgement.class ?? 'none'}${deciding.en === '' ? '' : ` (${deciding.en})`}; ${scope.en}`,
    },
    clause: editions.method.label,
    values: { class: judgement.class, classNo: judgement.classNo, itemsAssessed: judgement.itemsAssessed.join(';') },
  };
}
