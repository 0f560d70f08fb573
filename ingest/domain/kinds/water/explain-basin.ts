import type { Derivation, DerivationStep } from '../../derivation.ts';
import type { WaterBody } from '../../district.ts';
import { roundHalfEven } from '../../exact.ts';
import type { Text } from '../../text.ts';
import type { BasinRating, BasinSection } from './basin.ts';
import { itemNames, itemSteps } from './explain-steps.ts';
import { itemLabel } from './metrics.ts';
import type { WaterEditions } from './standard.ts';

function percentOf(part: number, of: number): string {
  return of === 0 ? '—' : `${roundHalfEven((part / of) * 100, 1)} %`;
}

/** Names the sections without a class, which take no part; none where each has one. */
function leftOutSteps(sections: readonly BasinSection[], clause: string): DerivationStep[] {
  const ids = sections.filter(({ judgement }) => judgement.classNo === null).map(({ id }) => id);
  if (ids.length === 0) return [];
  const named = ids.join(', ');
  return [
    {
      text: { zh: `无类别、不参与评价的断面：${named}`, en: `sections without a class take no part: ${named}` },
      clause,
      values: { sections: ids.join(';') },
    },
  ];
}

function shareSteps({ shares, gap, mainPollutants }: BasinRating, smallBasin: number, clause: string): DerivationStep[] {
  const { assessed, excellentOrGood, inferior } = shares;
  const good = percentOf(excellentOrGood, assessed);
  const bad = percentOf(inferior, assessed);
  const steps: DerivationStep[] = [
    {
      text: {
        zh: `${assessed} 个断面（不少于 ${smallBasin} 个，按断面水质类别比例法）：Ⅰ～Ⅲ类 ${excellentOrGood} 个（${good}），劣Ⅴ类 ${inferior} 个（${bad}）`,
        en: `${assessed} sections (${smallBasin} or more: by the shares of classes): ${excellentOrGood} at I to III (${good}), ${inferior} inferior to V (${bad})`,
      },
      clause,
      values: { assessed, excellentOrGood, inferior },
    },
  ];
  if (gap) {
    steps.push({
      text: {
        zh: 'Ⅰ～Ⅲ类 60 % 且劣Ⅴ类 40 % 不落入任何一档，由设置决定',
        en: '60 % at I to III with 40 % inferior to V fits no row of the method: the setting decides',
      },
      clause,
      values: {},
    });
  }
  if (mainPollutants.length > 0) {
    const named = (language: 'zh' | 'en') =>
      mainPollutants
        .map(({ metric, sections, of }) => `${itemLabel(metric)[language]} ${sections}/${of}`)
        .join(language === 'zh' ? '、' : ', ');
    steps.push({
      text: {
        zh: `主要污染指标（超标断面/评价断面）：${named('zh')}`,
        en: `main pollutants (sections over class III of those assessed): ${named('en')}`,
      },
      clause,
      values: { items: mainPollutants.map(({ metric }) => metric).join(';') },
    });
  }
  return steps;
}

function meanSteps({ shares, averaged, bySection }: BasinRating, body: WaterBody, editions: WaterEditions): DerivationStep[] {
  const clause = editions.method.label;
  const { smallBasin } = editions.method.settings;
  const polluted = bySection.filter(({ mainPollutants }) => mainPollutants.length > 0);
  return [
    {
      text: {
        zh: `${shares.assessed} 个断面（少于 ${smallBasin} 个，按各指标的断面均值评价）：${averaged?.class ?? '—'}`,
        en: `${shares.assessed} sections (fewer than ${smallBasin}: by the mean of each item over them): ${averaged?.class ?? 'none'}`,
      },
      clause,
      values: { assessed: shares.assessed, class: averaged?.class ?? null },
    },
    ...(averaged === null ? [] : itemSteps(averaged, body, editions)),
    ...polluted.map(({ id, mainPollutants }): DerivationStep => {
      const metrics = mainPollutants.map(({ metric }) => metric);
      return {
        text: {
          zh: `${id} 主要污染指标：${itemNames(metrics, 'zh')}`,
          en: `main pollutants of ${id}: ${itemNames(metrics, 'en')}`,
        },
        clause,
        values: { station: id, items: metrics.join(';') },
      };
    }),
  ];
}

/**
 * How the quality of a river or basin came about: the class of each section (1 to 6) as input, labelled by the END of the period (epoch ms),
 * the method that its number of sections calls for, the shares or the averaged items, main pollutants.
 */
export function explainBasin(
  sections: readonly BasinSection[],
  rating: BasinRating,
  { name, body, end }: { readonly name: Text; readonly body: WaterBody; readonly end: number },
  editions: WaterEditions,
): Derivation {
  const { method, limits } = editions;
  const quality = method.qualities.find(({ code }) => code === rating.quality)?.text ?? { zh: '不评价', en: 'not judged' };
  const steps =
    rating.method === 'class-shares'
      ? shareSteps(rating, method.settings.smallBasin, method.label)
      : meanSteps(rating, body, editions);
  return {
    figure: { zh: `${name.zh}：${quality.zh}`, en: `${name.en}: ${quality.en}` },
    edition: `${limits.label}, ${method.label}`,
    inputs: sections.flatMap(({ id, judgement: { classNo } }) =>
      classNo === null ? [] : [{ station: id, metric: 'class', at: end, value: classNo, unit: '', flags: [] }],
    ),
    steps: [
      ...leftOutSteps(sections, method.label),
      ...steps,
      {
        text: { zh: `水质状况：${quality.zh}`, en: `quality: ${quality.en}` },
        clause: method.label,
        values: { quality: rating.quality },
      },
    ],
  };
}
