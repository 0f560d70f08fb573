import { clockSignal, type DeviceClock, timeZoneHours } from '@clearbay/domain/alerts/device-clock.ts';
import { describe, expect, test } from 'vitest';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 23, 6);

const clock = (over: Partial<DeviceClock> = {}): DeviceClock => ({
  offsetMs: 0,
  isOff: false,
  isAhead: false,
  lastOffsetMs: 0,
  messages: 30,
  ...over,
});
const signal = (over: Partial<DeviceClock>) => clockSignal('d1', 'a1', clock(over), NOW);

describe('a clock that is wrong by whole hours', () => {
  test.each([
    [8 * HOUR, 8],
    [-8 * HOUR, -8],
    [8 * HOUR + 5 * MINUTE, 8],
    [-HOUR + 4 * MINUTE, -1],
    [8 * HOUR + 5 * MINUTE + 1, null],
    [5.5 * HOUR, null],
    [3 * MINUTE, null],
    [27 * HOUR, null],
  ])('%d ms', (offsetMs, hours) => {
    expect(timeZoneHours(offsetMs)).toBe(hours);
  });
});

describe('the signal of a device clock', () => {
  test('a steady offset near eight hours is called a time zone error, behind or ahead', () => {
    expect(signal({ isOff: true, offsetMs: 8 * HOUR + 2000, lastOffsetMs: 8 * HOUR })).toMatchObject({
      rule: 'clock',
      station: 'a1',
      metric: 'd1',
      at: NOW,
      level: 3,
      clear: false,
      value: 480,
      unit: 'min',
      text: { zh: '设备 d1 时钟慢 8 小时，疑为时区错误', en: 'the clock of d1 is 8 h behind: time zone error' },
    });
    expect(signal({ isOff: true, isAhead: true, offsetMs: -8 * HOUR, lastOffsetMs: -8 * HOUR }).text.en).toBe(
      'the clock of d1 is 8 h ahead: time zone error; readings ahead of us are stored and judged by nothing',
    );
  });

  test('any other offset is told in minutes, of the last message where the median is not known', () => {
    expect(signal({ isOff: true, offsetMs: 20.5 * MINUTE }).text.zh).toBe('设备 d1 时钟慢 20.5 分钟');
    expect(signal({ isAhead: true, offsetMs: null, lastOffsetMs: -12 * MINUTE })).toMatchObject({
      level: 3,
      value: -12,
      text: { zh: '设备 d1 时钟快 12 分钟，超前的读数已存，不参与评判' },
    });
  });

  test('a right clock asks for nothing and clears', () => {
    expect(signal({ lastOffsetMs: 2000 })).toMatchObject({ level: null, clear: true });
  });
});
