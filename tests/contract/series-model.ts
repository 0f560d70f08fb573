import { addMicro, toMicro } from '@clearbay/domain/exact.ts';
import { isExcluded } from '@clearbay/domain/quality.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { dayStart, hourEnd } from '@clearbay/domain/time.ts';
import type { RollupRow } from '@clearbay/store/ports/series.ts';

interface Value {
  readonly at: number;
  readonly value: number;
  readonly flags: number;
  readonly reading: Reading;
}

/** Rollups of these readings by the plain definition, revision 0; ordered by station, metric, time. */
export function expectedRollups(level: 'hour' | 'day', readings: readonly Reading[]): RollupRow[] {
  const windows = new Map<string, Value[]>();
  for (const reading of readings) {
    const label = level === 'hour' ? hourEnd(reading.at) : dayStart(reading.at);
    for (const [metric, value] of Object.entries(reading.values)) {
      const key = `${reading.station}\n${metric}\n${label}`;
      const window = windows.get(key) ?? [];
      window.push({ at: reading.at, value, flags: reading.quality?.[metric] ?? 0, reading });
      windows.set(key, window);
    }
  }
  return [...windows]
    .map(([key, values]) => {
      const [station = '', metric = '', at = ''] = key.split('\n');
      const valid = values.filter(({ flags }) => !isExcluded(flags));
      const only = valid.map(({ value }) => value);
      const newest = Math.max(...valid.map((one) => one.at));
      return {
        station,
        metric,
        at: Number(at),
        count: values.length,
        validCount: valid.length,
        validMs:
          level === 'hour'
            ? sampled(valid.map(({ reading }) => reading))
            : valid.reduce((sum, { reading }) => sum + reading.periodMs, 0),
        sumMicro: valid.reduce((sum, { value }) => addMicro(sum, toMicro(value)), 0),
        min: valid.length === 0 ? null : Math.min(...only),
        max: valid.length === 0 ? null : Math.max(...only),
        last: valid.length === 0 ? null : Math.max(...valid.filter((one) => one.at === newest).map(({ value }) => value)),
        flags: values.reduce((all, { flags }) => all | flags, 0),
        revision: 0,
        simulated: values.some(({ reading }) => reading.origin === 'simulated'),
      };
    })
    .sort((a, b) => (a.metric === b.metric ? a.at - b.at : a.metric < b.metric ? -1 : 1));
}

/** Periods added up, but no more than the minutes of the hour that they touch; a period of an hour stands for its hour. */
function sampled(readings: readonly Reading[]): number {
  const minutes = new Set<number>();
  for (const { at, periodMs } of readings) {
    const start = hourEnd(at) - 3_600_000;
    for (let minute = 0; minute < 60; minute += 1) {
      const from = start + minute * 60_000;
      const touches = at - periodMs < from + 60_000 && at > from;
      if (periodMs >= 3_600_000 || touches) minutes.add(minute);
    }
  }
  return Math.min(
    readings.reduce((sum, { periodMs }) => sum + periodMs, 0),
    minutes.size * 60_000,
  );
}
