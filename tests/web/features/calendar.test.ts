import type { Assessment } from '@clearbay/domain/assessment.ts';
import { NO_RATING } from '@clearbay/domain/assessment.ts';
import { describe, expect, test } from 'vitest';
import { extentOf, plateProjection, spreadMarkers } from '../../../console/web/features/overview/plate-layout.ts';
import { calendarDays } from '../../../console/web/features/station/calendar.ts';

const NOON = Date.UTC(2026, 10, 23, 4);
const judged = { rating: { ...NO_RATING, rank: 1 } } as Assessment;

describe('the calendar of a year', () => {
  test('has every day of the year, leap years too', () => {
    expect(calendarDays(2026, [], NOON)).toHaveLength(365);
    expect(calendarDays(2028, [], NOON)).toHaveLength(366);
    expect(calendarDays(2026, [], NOON)[364]).toMatchObject({ date: '2026-12-31', month: 12, day: 31 });
  });

  test('a day without a rating is invalid, not good; today runs on, and a day to come is neither', () => {
    const days = calendarDays(
      2026,
      [
        { date: '2026-11-20', assessment: judged },
        { date: '2026-11-21', assessment: { ...judged, rating: NO_RATING } },
        { date: '2026-11-22', assessment: null },
      ],
      NOON,
    );
    const state = (date: string) => days.find((day) => day.date === date)?.state;
    expect(['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24'].map(state)).toEqual([
      'judged',
      'invalid',
      'invalid',
      'running',
      'future',
    ]);
  });
});

describe('the plate', () => {
  const BOX = { width: 480, height: 300, margin: 16 };

  test('crowded markers are drawn apart and inside, and always the same', () => {
    const spots = Array.from({ length: 24 }, (_, index) => ({ id: String(index), x: 200 + (index % 4), y: 150 + (index % 5) }));
    const placed = spreadMarkers(spots, 31, BOX);
    for (const a of placed) {
      expect(a.drawnX >= 16 && a.drawnX <= 464 && a.drawnY >= 16 && a.drawnY <= 284).toBe(true);
      for (const b of placed) if (a !== b) expect(Math.hypot(a.drawnX - b.drawnX, a.drawnY - b.drawnY)).toBeGreaterThan(22);
    }
    expect(spreadMarkers(spots, 31, BOX)).toEqual(placed);
  });

  test('north is up, and every position falls inside the box', () => {
    const positions = [
      { lon: 118.67, lat: 24.97 },
      { lon: 118.88, lat: 24.86 },
    ];
    const project = plateProjection(extentOf(positions, 0.06), BOX);
    const [[westX, northY], [eastX, southY]] = positions.map(({ lon, lat }) => project(lon, lat)) as [
      [number, number],
      [number, number],
    ];
    expect(westX).toBeLessThan(eastX);
    expect(northY).toBeLessThan(southY);
    expect([westX, northY, eastX, southY].every((at) => at > 0 && at < 480)).toBe(true);
  });
});
