import { type Figure, NO_RATING, type Rating } from '../../assessment.ts';
import type { Text } from '../../text.ts';
import { itemLabel, waterMetric } from './metrics.ts';
import type { ItemJudgement, WaterJudgement } from './sample.ts';
import type { ClassNo, MethodEdition } from './standard.ts';

/** Rating of a class: code, colour and words of the method; `meets` compares with the class asked for (1 to 5). */
export function classRating(classNo: ClassNo | null, targetClass: number, method: MethodEdition): Rating {
  const found = classNo === null ? undefined : method.classes[classNo - 1];
  if (classNo === null || found === undefined) return NO_RATING;
  const quality = method.qualities.find(({ code }) => code === found.quality);
  return {
    code: found.code,
    rank: classNo - 1,
    text: {
      zh: `${found.text.zh}（${quality?.text.zh ?? ''}）`,
      en: `${found.text.en} (${quality?.text.en ?? ''})`,
    },
    colour: found.colour,
    meets: classNo <= targetClass,
  };
}

/** 氨氮(0.8), 化学需氧量(0.6): items with their multiples over class III where they have one. */
export function itemsText(items: readonly ItemJudgement[]): Text {
  const write = (language: 'zh' | 'en') =>
    items
      .map(
        ({ metric, multiplePrinted }) => itemLabel(metric)[language] + (multiplePrinted === null ? '' : `(${multiplePrinted})`),
      )
      .join(language === 'zh' ? '、' : ', ');
  return { zh: write('zh'), en: write('en') };
}

/** 按已监测 5 项评价（共 21 项）: a class says nothing of what was not measured. */
export function scopeText(assessed: number, all: number): Text {
  return { zh: `按已监测 ${assessed} 项评价（共 ${all} 项）`, en: `on ${assessed} monitored items of ${all}` };
}

/** One sentence: what decides the class and on how many items. */
export function judgementReason(judgement: WaterJudgement, all: number): Text {
  const scope = scopeText(judgement.itemsAssessed.length, all);
  if (judgement.classNo === null) return { zh: '无有效监测值', en: 'no valid values' };
  const polluted = judgement.mainPollutants.length > 0;
  const items = itemsText(polluted ? judgement.mainPollutants : judgement.deciding);
  return polluted
    ? { zh: `主要污染指标：${items.zh}；${scope.zh}`, en: `main pollutants: ${items.en}; ${scope.en}` }
    : { zh: `定类指标：${items.zh}；${scope.zh}`, en: `deciding items: ${items.en}; ${scope.en}` };
}

/** The value that stands for a class: of the first main pollutant, else of the first deciding item. */
export function figureOf({ mainPollutants, deciding }: WaterJudgement): Figure {
  const item = mainPollutants[0] ?? deciding[0];
  const metric = item === undefined ? undefined : waterMetric(item.metric);
  return {
    metric: metric?.id ?? 'codmn',
    value: item?.value ?? null,
    unit: metric?.unit ?? 'mg/L',
    decimals: metric?.decimals ?? 2,
  };
}
