import type { Signal, SignalRule } from './signal.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** No zone of the earth is further from another. */
const MOST_HOURS = 26;

/** 设备时钟异常: an alert to operations; values that bear a wrong time are right at the wrong place. */
export const CLOCK_RULE: SignalRule = {
  id: 'clock',
  label: { zh: '设备时钟异常', en: 'device clock off' },
  forMs: 0,
  clearForMs: 0,
};

/** What is known of a device's clock from its live messages. */
export interface DeviceClock {
  /** Receive time minus event time, ms (positive: the device is behind): the median of the last 20 messages; null before 20. */
  readonly offsetMs: number | null;
  /** The offset is beyond what is tolerated, and steady. */
  readonly isOff: boolean;
  /** The last message bore a time of the future, so far ahead that nothing judges it. */
  readonly isAhead: boolean;
  /** Receive time minus event time of the last message, ms. */
  readonly lastOffsetMs: number;
  /** Live messages so far. */
  readonly messages: number;
}

/**
 * Whole hours that a clock is wrong by (positive: behind), which is what a wrong time zone looks like; null for any other
 * offset. `toleranceMs`: how far from the hour it may be, since a zone does not make a clock exact.
 */
export function timeZoneHours(offsetMs: number, toleranceMs = 5 * MINUTE_MS): number | null {
  const hours = Math.round(offsetMs / HOUR_MS);
  return hours !== 0 && Math.abs(hours) <= MOST_HOURS && Math.abs(offsetMs - hours * HOUR_MS) <= toleranceMs ? hours : null;
}

function span(ms: number): { readonly zh: string; readonly en: string } {
  const hours = timeZoneHours(ms);
  if (hours !== null) return { zh: `${Math.abs(hours)} 小时`, en: `${Math.abs(hours)} h` };
  const minutes = Math.round(Math.abs(ms) / 6000) / 10;
  return { zh: `${minutes} 分钟`, en: `${minutes} min` };
}

/** The signal of one device's clock at `now` (epoch ms): level III while it is steadily off or ahead of us, clear when it is right. */
export function clockSignal(
  device: string,
  station: string,
  { offsetMs, isOff, isAhead, lastOffsetMs }: DeviceClock,
  now: number,
): Signal {
  const wrong = isOff || isAhead;
  const off = isOff && offsetMs !== null ? offsetMs : lastOffsetMs;
  const { zh, en } = span(off);
  const isZone = isOff && timeZoneHours(off) !== null;
  const ahead = { zh: '，超前的读数已存，不参与评判', en: '; readings ahead of us are stored and judged by nothing' };
  return {
    rule: CLOCK_RULE.id,
    station,
    metric: device,
    at: now,
    level: wrong ? 3 : null,
    clear: !wrong,
    value: Math.round(off / 6000) / 10,
    threshold: null,
    unit: 'min',
    text: wrong
      ? {
          zh: `设备 ${device} 时钟${off < 0 ? '快' : '慢'} ${zh}${isZone ? '，疑为时区错误' : ''}${isAhead ? ahead.zh : ''}`,
          en: `the clock of ${device} is ${en} ${off < 0 ? 'ahead' : 'behind'}${isZone ? ': time zone error' : ''}${isAhead ? ahead.en : ''}`,
        }
      : { zh: `设备 ${device} 时钟恢复正常`, en: `the clock of ${device} is right again` },
  };
}
