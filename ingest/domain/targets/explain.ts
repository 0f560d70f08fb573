import type { Derivation, DerivationInput, DerivationStep } from '../derivation.ts';
import { roundHalfEven } from '../exact.ts';
import type { Text } from '../text.ts';
import type { TargetFigure, Verdict } from './figure.ts';

/** What a target was judged on: one input a day, month or member, and what could not be judged. */
export interface TargetEvidence {
  readonly inputs: readonly DerivationInput[];
  /** Days (YYYY-MM-DD) or months (YYYY-MM) that have no judgement, oldest first. */
  readonly notJudged: readonly string[];
}

/** Ten dates say where the gaps lie; a year may have many. */
const MOST_NAMED = 10;

const VERDICT_TEXT: Readonly<Record<Verdict, Text>> = {
  secured: { zh: '已确保', en: 'secured' },
  'on-track': { zh: '可达', en: 'on track' },
  'at-risk': { zh: '有风险', en: 'at risk' },
  lost: { zh: '不可达', en: 'lost' },
  'no-data': { zh: '无数据', en: 'no data' },
};

/** A share as a percentage, a mean with its unit, one decimal each (GB/T 8170); never the value that is compared. */
function printed(value: number | null, unit: string): string {
  if (value === null) return '—';
  return unit === '' ? `${roundHalfEven(value * 100, 1)} %` : `${roundHalfEven(value, 1)} ${unit}`;
}

function planStep({ clause, target, unit, kind }: TargetFigure): DerivationStep {
  const most = kind === 'pm25-mean';
  return {
    text: {
      zh: `目标${most ? '不高于' : '不低于'} ${printed(target, unit)}（${clause.zh}），以未修约值比较`,
      en: `target ${most ? 'at most' : 'at least'} ${printed(target, unit)} (${clause.en}), compared unrounded`,
    },
    clause: clause.en,
    values: { target, unit },
  };
}

function notJudgedSteps({ notJudged }: TargetEvidence, clause: string): DerivationStep[] {
  if (notJudged.length === 0) return [];
  const named = notJudged.slice(0, MOST_NAMED).join(', ');
  const more = notJudged.length - MOST_NAMED;
  return [
    {
      text: {
        zh: `无有效评价、不计入：${named}${more > 0 ? ` 等，另 ${more} 个` : ''}`,
        en: `without a valid judgement, counted on neither side: ${named}${more > 0 ? ` and ${more} more` : ''}`,
      },
      clause,
      values: { notJudged: notJudged.join(';') },
    },
  ];
}

function budgetSteps({ budget, edition }: TargetFigure): DerivationStep[] {
  if (budget === undefined) return [];
  const { good, used, valid, invalid, allowed, left, daysLeft } = budget;
  return [
    {
      text: {
        zh: `优良 ${good} 天 / 有效 ${valid} 天；超标 ${used} 天，无效 ${invalid} 天，尚余 ${daysLeft} 天`,
        en: `${good} good of ${valid} valid days; ${used} bad, ${invalid} not valid, ${daysLeft} to come`,
      },
      clause: edition,
      values: { good, bad: used, valid, invalid, allowed, left, daysLeft },
    },
  ];
}

function memberSteps({ members, edition }: TargetFigure): DerivationStep[] {
  return members.map(({ station, value, meets, text }) => ({
    text,
    clause: edition,
    values: { station, value, meets: meets === null ? null : String(meets) },
  }));
}

function exceptionalSteps({ withoutExceptional, unit, edition }: TargetFigure): DerivationStep[] {
  if (withoutExceptional === undefined) return [];
  const value = printed(withoutExceptional.value, unit);
  return [
    {
      text: { zh: `剔除例外事件日：${value}`, en: `without the days of exceptional events: ${value}` },
      clause: edition,
      values: { value: withoutExceptional.value },
    },
  ];
}

function otherStep({ edition, value, verdict }: TargetFigure['otherEditions'][number], unit: string): DerivationStep {
  const said = VERDICT_TEXT[verdict];
  return {
    text: {
      zh: `若按 ${edition}：${printed(value, unit)}，${said.zh}`,
      en: `under ${edition}: ${printed(value, unit)}, ${said.en}`,
    },
    clause: edition,
    values: { value, verdict },
  };
}

/** What the whole rests on under the edition that the figure is judged by. */
function verdictSteps({ verdict, verdictText, probability, method, clause }: TargetFigure): DerivationStep[] {
  const chance =
    probability === null
      ? { zh: '', en: '' }
      : { zh: `概率 ${printed(probability, '')}；`, en: `probability ${printed(probability, '')}; ` };
  return [
    { text: verdictText, clause: clause.en, values: { verdict } },
    {
      text: { zh: `${chance.zh}${method.zh}`, en: `${chance.en}${method.en}` },
      clause: clause.en,
      values: { probability },
    },
  ];
}

/** The figure as it would be under another edition: its value, verdict and bad days, the rest of the plan unchanged. */
function judgedUnder(figure: TargetFigure, edition: string): TargetFigure['otherEditions'][number] {
  const found = figure.otherEditions.find((other) => other.edition === edition);
  if (found === undefined)
    throw new RangeError(`the target ${figure.id} is judged under ${figure.edition}, not under ${edition}`);
  return found;
}

/**
 * How a target of the plan came about: what it asks, what the days, months or members gave, what was left out, verdict, probability and its
 * method. With `asked`, the label of another edition, value and verdict are that edition's; a RangeError where the target is not judged under it.
 */
export function explainTarget(figure: TargetFigure, evidence: TargetEvidence, asked?: string): Derivation {
  const other = asked === undefined || asked === figure.edition ? undefined : judgedUnder(figure, asked);
  const { value, verdict, edition } = other ?? figure;
  const said = VERDICT_TEXT[verdict];
  const { name, unit } = figure;
  return {
    figure: {
      zh: `${name.zh}：至今 ${printed(value, unit)}，${said.zh}`,
      en: `${name.en}: ${printed(value, unit)} so far, ${said.en}`,
    },
    edition,
    inputs: evidence.inputs,
    steps: [
      planStep(figure),
      ...notJudgedSteps(evidence, edition),
      ...(other === undefined
        ? [
            ...budgetSteps(figure),
            ...memberSteps(figure),
            ...verdictSteps(figure),
            ...exceptionalSteps(figure),
            ...figure.otherEditions.map((each) => otherStep(each, unit)),
          ]
        : [otherStep(other, unit)]),
    ],
  };
}
