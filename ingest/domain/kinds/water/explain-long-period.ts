import type { DerivationStep } from '../../derivation.ts';
import type { WaterBody } from '../../district.ts';
import type { Reading } from '../../reading.ts';
import { dateOf } from '../../time.ts';
import { type LeftOut, leftOutOfPeriod, outrankedItems } from './explain-inputs.ts';
import { itemNames } from './explain-steps.ts';
import { judgeLongPeriod, type MonthMeans } from './long-period.ts';
import { PeriodSums, valuesOf, waterMonthStart } from './period.ts';
import type { ItemMean, WaterJudgement } from './sample.ts';
import type { WaterEditions } from './standard.ts';

interface ExplainedYear {
  readonly judgement: WaterJudgement;
  readonly steps: readonly DerivationStep[];
  readonly leftOut: LeftOut;
}

/** A year by the means of its months: which months there are, which items have too few of them, where hand samples came first. */
export function explainYear(taken: readonly Reading[], body: WaterBody, editions: WaterEditions): ExplainedYear {
  const { method } = editions;
  const byMonth = [...Map.groupBy(taken, ({ at }) => waterMonthStart(at))].sort(([left], [right]) => left - right);
  const outranked = new Map<number, readonly string[]>();
  const months = byMonth.map(([start, readings]): MonthMeans => {
    const sums = new PeriodSums('month', start, method);
    for (const value of readings.flatMap(valuesOf)) sums.add(value);
    if (method.settings.manualOutranks) outranked.set(start, outrankedItems(readings));
    const valid = sums.metrics().filter((metric) => sums.isValid(metric));
    return new Map(valid.map((metric) => [metric, sums.mean(metric) as ItemMean]));
  });
  const { judgement, insufficient } = judgeLongPeriod('year', months, body, editions);
  const named = byMonth.map(([start]) => dateOf(start).slice(0, 7)).join(', ');
  const few = insufficient.length > 0;
  const minimum = method.settings.yearMinimumMonths;
  return {
    judgement,
    steps: [
      {
        text: {
          zh: `各月均值的算术平均，${months.length} 个月（${named}），至少 ${minimum} 个月${few ? `；月数不足不评价：${itemNames(insufficient, 'zh')}` : ''}`,
          en: `mean of the monthly means, ${months.length} months (${named}), at least ${minimum}${few ? `; too few months, not assessed: ${itemNames(insufficient, 'en')}` : ''}`,
        },
        clause: method.label,
        values: { months: months.length, minimum, insufficient: insufficient.join(';') },
      },
    ],
    leftOut: (reading, metric) =>
      leftOutOfPeriod(outranked.get(waterMonthStart(reading.at)) ?? [], insufficient)(reading, metric),
  };
}
