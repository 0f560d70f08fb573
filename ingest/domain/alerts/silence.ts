import { localDate, offsetAt } from '../time.ts';
import type { Signal, SignalRule } from './signal.ts';

/** The metric part of the key of a silent station: it stands for the whole station. */
const SILENCE_METRIC = 'data';

/** 测站无数据: no data is an alert of its own (to operations, not to the officer) and never ends another one. */
export const SILENCE_RULE: SignalRule = {
  id: 'silent',
  label: { zh: '测站无数据', en: 'station silent' },
  forMs: 0,
  clearForMs: 0,
};

/** What is known of a station's data; the registry names the stations, never the traffic. */
export interface StationPulse {
  readonly station: string;
  /** Interval of its reports, ms. */
  readonly periodMs: number;
  /** Event time of its newest reading, epoch ms; null before the first. */
  readonly lastAt: number | null;
  /** Nobody could have heard it before this time, epoch ms; absent: before `listeningSince`. */
  readonly unheardUntil?: number;
}

function clockTime(at: number): string {
  return `${localDate(at)} ${new Date(at + offsetAt(at)).toISOString().slice(11, 16)}`;
}

/**
 * The signal of one station's silence at `now`: level III past three periods without data, clear again within one and a half.
 * Time in which nobody listened does not count: silence is measured from `listeningSince` at the earliest (epoch ms).
 */
export function silenceSignal(pulse: StationPulse, now: number, listeningSince: number): Signal {
  const { lastAt, periodMs } = pulse;
  const since = pulse.unheardUntil ?? listeningSince;
  const silentMs = now - Math.max(lastAt ?? since, since);
  const silent = silentMs > 3 * periodMs;
  const clear = lastAt !== null && now - lastAt <= 1.5 * periodMs;
  const minutes = Math.round(silentMs / 6000) / 10;
  const last =
    lastAt === null
      ? { zh: '从未收到数据', en: 'never heard of' }
      : { zh: `最后数据 ${clockTime(lastAt)}`, en: `last data ${clockTime(lastAt)}` };
  return {
    rule: SILENCE_RULE.id,
    station: pulse.station,
    metric: SILENCE_METRIC,
    at: now,
    level: silent ? 3 : null,
    clear,
    value: minutes,
    threshold: (3 * periodMs) / 60_000,
    unit: 'min',
    text: clear
      ? { zh: `数据恢复，${last.zh}`, en: `data are back, ${last.en}` }
      : { zh: `${minutes} 分钟无数据，${last.zh}`, en: `no data for ${minutes} min, ${last.en}` },
  };
}
