import type { Text } from './text.ts';

/** One input of a figure and what became of it. */
export interface DerivationInput {
  /** Station that it is of, where a figure rests on several. */
  readonly station?: string;
  readonly metric: string;
  readonly at: number;
  readonly value: number;
  readonly unit: string;
  readonly flags: readonly string[];
  /** Why it was left out; absent where it took part. */
  readonly excluded?: Text;
}

/** One step of the calculation with its clause. */
export interface DerivationStep {
  readonly text: Text;
  readonly clause: string;
  readonly values: Readonly<Record<string, string | number | null>>;
}

/** How a figure came about: it renders as JSON or as sentences in both languages. */
export interface Derivation {
  readonly figure: Text;
  readonly edition: string;
  readonly inputs: readonly DerivationInput[];
  readonly steps: readonly DerivationStep[];
}

/** A figure of a period that has not ended: said to be so far and not judged, whatever its value. */
export function soFar(figure: Text): Text {
  return { zh: `时段未结束，至今（不作评价）：${figure.zh}`, en: `Still running, so far, not judged: ${figure.en}` };
}

/** The derivation as short sentences, one a step. */
export function derivationSentences(derivation: Derivation, language: 'zh' | 'en'): string[] {
  return [derivation.figure[language], ...derivation.steps.map((step) => `${step.text[language]} [${step.clause}]`)];
}
