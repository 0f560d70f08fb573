import type { Text } from '../text.ts';
import { datesFrom, sameDay } from './calendar.ts';

/** Weather keeps its mood for days: whole weeks are drawn, not single days. */
const BLOCK_DAYS = 7;
const DRAWS = 2000;
const WANTED_YEARS = 3;

/** What is asked of the rest of a year. */
export interface ResamplingQuestion<T> {
  /** Earlier days by date, judged under the edition of this year; only valid ones. */
  readonly history: ReadonlyMap<string, T>;
  /** First day still to come. */
  readonly next: string;
  readonly remaining: number;
  /** Sums the valid days of one block up. */
  readonly sum: (days: readonly T[]) => { readonly amount: number; readonly days: number };
  /** Whether the year reaches its target when the rest brings this. */
  readonly reaches: (amount: number, days: number) => boolean;
  /** Uniform in [0, 1), seeded by the caller so that a figure can be repeated. */
  readonly random: () => number;
  readonly draws?: number;
}

export interface Outlook {
  /** Share of draws that reach the target; null without a year of history. */
  readonly probability: number | null;
  readonly years: readonly number[];
  readonly method: Text;
}

interface Block {
  readonly amount: number;
  readonly days: number;
}

/** Sums of each week of the same calendar window, by year; a year with less than half of the window is no history. */
function blocksByYear<T>(question: ResamplingQuestion<T>): Map<number, readonly Block[]> {
  const { history, next, remaining, sum } = question;
  const window = datesFrom(next, remaining);
  const current = Number(next.slice(0, 4));
  const years = new Set([...history.keys()].map((date) => Number(date.slice(0, 4))).filter((year) => year < current));
  const found = new Map<number, readonly Block[]>();
  for (const year of [...years].sort((left, right) => left - right)) {
    const days = window.map((date) => history.get(sameDay(date, year)));
    if (days.filter((day) => day !== undefined).length * 2 < remaining) continue;
    const blocks = [];
    for (let start = 0; start < remaining; start += BLOCK_DAYS) {
      blocks.push(sum(days.slice(start, start + BLOCK_DAYS).filter((day) => day !== undefined)));
    }
    found.set(year, blocks);
  }
  return found;
}

function methodText(years: readonly number[], draws: number): Text {
  if (years.length === 0) {
    return {
      zh: '无往年同期资料：按本年至今的进度外推，不给出概率',
      en: 'no earlier years of this season: this year’s pace carried on, no probability given',
    };
  }
  const list = years.join('、');
  const short = years.length < WANTED_YEARS;
  return {
    zh:
      `按 7 天分块对往年同期（${list}，按同一版标准重新评价）重抽样 ${draws} 次` +
      (short ? `；仅 ${years.length} 年资料，少于 ${WANTED_YEARS} 年，仅供参考` : ''),
    en:
      `${draws} resamplings in 7-day blocks of the same season of ${years.join(', ')}, re-judged under the same edition` +
      (short ? `; only ${years.length} year(s) of history, fewer than ${WANTED_YEARS}: a hint, not a forecast` : ''),
  };
}

/**
 * Probability that the year reaches its target: each week still to come is drawn from the same calendar week of an
 * earlier year, gaps included, so missing days thin the rest as they did then.
 */
export function outlookOf<T>(question: ResamplingQuestion<T>): Outlook {
  const draws = question.draws ?? DRAWS;
  const byYear = blocksByYear(question);
  const years = [...byYear.keys()];
  const blocks = [...byYear.values()];
  const method = methodText(years, draws);
  if (blocks.length === 0) return { probability: null, years, method };
  const weeks = Math.ceil(question.remaining / BLOCK_DAYS);
  let reached = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    let amount = 0;
    let days = 0;
    for (let week = 0; week < weeks; week += 1) {
      const block = blocks[Math.floor(question.random() * blocks.length)]?.[week];
      amount += block?.amount ?? 0;
      days += block?.days ?? 0;
    }
    if (question.reaches(amount, days)) reached += 1;
  }
  return { probability: reached / draws, years, method };
}
