import type { Text } from '../text.ts';
import { daysInYear } from '../time.ts';
import { datesFrom } from './calendar.ts';

/** Daily values that a year and each of its months need (GB 3095, table 4: 324, 27 and in February 25, leap year or not). */
export interface ValidityMinima {
  readonly yearDays: number;
  readonly monthDays: number;
  readonly februaryDays: number;
}

/** Valid days of a period against what it needs. */
interface ValidityCount {
  readonly valid: number;
  readonly needed: number;
  /** Still needed; 0 once there are enough. */
  readonly missing: number;
  /** Days not yet ended, today included: as many can still become valid. */
  readonly possible: number;
  /** `missing` is not more than `possible`. */
  readonly reachable: boolean;
}

/** How many valid days a year and its months still need, and how many can still come. */
export interface ValidityCountdown {
  readonly year: ValidityCount;
  /** January to December. */
  readonly months: readonly (ValidityCount & {
    /** YYYY-MM. */
    readonly month: string;
  })[];
  /** The year and every month of it can still have enough; after the year: they have. */
  readonly reachable: boolean;
}

function countOf(valid: number, needed: number, possible: number): ValidityCount {
  const missing = Math.max(0, needed - valid);
  return { valid, needed, missing, possible, reachable: missing <= possible };
}

/** Counts the valid dates of `year` (ended days, each once) against the minima, as seen from `today`, which still runs. */
export function validityCountdown(
  validDates: readonly string[],
  year: number,
  today: string,
  minima: ValidityMinima,
): ValidityCountdown {
  const count = (dates: readonly string[], prefix: string) => dates.filter((date) => date.startsWith(prefix)).length;
  const open = datesFrom(`${year}-01-01`, daysInYear(year)).filter((date) => date >= today);
  const months = Array.from({ length: 12 }, (_, i) => {
    const month = `${year}-${String(i + 1).padStart(2, '0')}`;
    const needed = i === 1 ? minima.februaryDays : minima.monthDays;
    return { month, ...countOf(count(validDates, month), needed, count(open, month)) };
  });
  const whole = countOf(count(validDates, `${year}-`), minima.yearDays, open.length);
  return { year: whole, months, reachable: whole.reachable && months.every(({ reachable }) => reachable) };
}

/** Why an annual mean is not, or cannot become, valid; empty while it can. */
export function validityText({ year, months, reachable }: ValidityCountdown): Text {
  if (reachable) return { zh: '', en: '' };
  const hasEnded = year.possible === 0;
  const most = year.valid + year.possible;
  const short = months.filter((month) => !month.reachable).map(({ month }) => month);
  const whole = {
    zh: `全年有效日${hasEnded ? '' : '至多'} ${most} 天，少于 ${year.needed} 天`,
    en: `${hasEnded ? '' : 'at most '}${most} valid days in the year, ${year.needed} are needed`,
  };
  const parts = [
    ...(year.reachable ? [] : [whole]),
    ...(short.length === 0
      ? []
      : [{ zh: `有效日不足的月份：${short.join('、')}`, en: `months with too few valid days: ${short.join(', ')}` }]),
  ];
  return {
    zh: `年均值${hasEnded ? '无效' : '已不可能有效'}（GB 3095 表 4）：${parts.map(({ zh }) => zh).join('；')}`,
    en: `the annual mean ${hasEnded ? 'is not' : 'can no longer be'} valid (GB 3095, table 4): ${parts.map(({ en }) => en).join('; ')}`,
  };
}
