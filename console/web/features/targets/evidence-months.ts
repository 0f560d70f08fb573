import type { TargetView } from '@clearbay/contract/api.ts';
import { formatNumber } from '../../ui/format.ts';

type Evidence = NonNullable<TargetView['evidence']>;

interface EvidenceDay {
  /** Day of the month, two digits. */
  readonly day: string;
  readonly value: number | null;
  readonly text: string;
  readonly isOver: boolean;
}

interface EvidenceMonth {
  /** YYYY-MM. */
  readonly month: string;
  readonly days: readonly EvidenceDay[];
}

/** The days of the evidence by month, newest month first, each value as it is printed: AQI whole, means with one decimal. */
export function evidenceMonths({ first, values, unit, line }: Evidence): readonly EvidenceMonth[] {
  const start = Date.parse(`${first}T00:00:00Z`);
  const dated = values.map((value, index) => ({ date: new Date(start + index * 86_400_000).toISOString().slice(0, 10), value }));
  const months = Map.groupBy(dated, ({ date }) => date.slice(0, 7));
  return [...months].reverse().map(([month, days]) => ({
    month,
    days: days.map(({ date, value }) => ({
      day: date.slice(8),
      value,
      text: formatNumber(value, unit === '' ? 0 : 1),
      isOver: value !== null && value > line,
    })),
  }));
}
