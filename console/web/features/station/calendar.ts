import type { DayView } from '@clearbay/contract/api.ts';
import { DAY_MS, daysInYear, localDate, startOfDate } from '@clearbay/domain/time.ts';

export interface CalendarDay {
  readonly date: string;
  /** 1 to 12. */
  readonly month: number;
  /** Day of the month, 1 to 31. */
  readonly day: number;
  readonly state: 'judged' | 'running' | 'invalid' | 'future';
  readonly view: DayView | undefined;
}

/** Every day of a year in order; today is `running` until it is judged, days after it are `future`, days without an assessment `invalid`. */
export function calendarDays(year: number, days: readonly DayView[], now: number): CalendarDay[] {
  const known = new Map(days.map((day) => [day.date, day]));
  const first = startOfDate(`${year}-01-01`);
  const today = localDate(now);
  return Array.from({ length: daysInYear(year) }, (_, index) => {
    const date = localDate(first + index * DAY_MS);
    const view = known.get(date);
    const judged = view?.assessment !== null && view?.assessment !== undefined && view.assessment.rating.rank >= 0;
    return {
      date,
      month: Number(date.slice(5, 7)),
      day: Number(date.slice(8)),
      state: judged ? 'judged' : date === today ? 'running' : date > today ? 'future' : 'invalid',
      view,
    };
  });
}
