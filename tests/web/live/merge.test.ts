import { describe, expect, test } from 'vitest';
import { freshnessAt, shownFreshness } from '../../../console/web/live/freshness.ts';
import { compareAlerts, mergeAlert, mergeOverview, mergeStationDetail } from '../../../console/web/live/merge.ts';
import { ServerClock } from '../../../console/web/live/server-clock.ts';
import { alertView, BEGIN, detailView, overviewView, stationView, valueFrame } from './views.ts';

describe('merging frames', () => {
  test('only the station that changed becomes a new object', () => {
    const view = overviewView([stationView('a'), stationView('b')]);
    const merged = mergeOverview(view, {
      room: 'overview',
      epoch: 'e',
      seq: 1,
      now: BEGIN + 1,
      stations: [{ id: 'b', freshness: 'late' }],
    });
    expect(merged.stations[0]).toBe(view.stations[0]);
    expect(merged.stations[1]?.freshness).toBe('late');
    expect(merged.now).toBe(BEGIN + 1);
  });

  test('what a frame does not carry stays; air may become null', () => {
    const view = overviewView([stationView('a')]);
    expect(mergeOverview(view, { room: 'overview', epoch: 'e', seq: 1, now: 1 })).toEqual({ ...view, now: 1 });
    expect(mergeOverview(view, { room: 'overview', epoch: 'e', seq: 1, now: 1, air: null }).air).toBeNull();
  });

  test('the latest value is the one with the greatest event time, whatever came last', () => {
    const later = mergeStationDetail(detailView('s'), valueFrame(9));
    const merged = mergeStationDetail(later, valueFrame(2));
    expect(merged.latest).toEqual([{ metric: 'pm25', at: BEGIN + 9000, value: 9, flags: 0 }]);
    expect(merged.lastAt).toBe(BEGIN + 9000);
  });

  test('merging the same frame twice is merging it once', () => {
    const once = mergeStationDetail(detailView('s'), valueFrame(3));
    expect(mergeStationDetail(once, valueFrame(3))).toEqual(once);
  });
});

describe('alerts', () => {
  test('a state with a lower or equal version changes nothing', () => {
    const known = [alertView('x', 3)];
    expect(mergeAlert(known, alertView('x', 3, { level: 1 }))).toBe(known);
    expect(mergeAlert(known, alertView('x', 2, { level: 1 }))).toBe(known);
    expect(mergeAlert(known, alertView('x', 4, { level: 1 }))[0]?.level).toBe(1);
  });

  test('level I stands before level IV, the older before the newer', () => {
    const alerts = [
      alertView('new', 1, { openedAt: BEGIN + 1 }),
      alertView('old', 1),
      alertView('severe', 1, { level: 1, openedAt: BEGIN + 9 }),
    ];
    expect(alerts.sort(compareAlerts).map(({ id }) => id)).toEqual(['severe', 'old', 'new']);
  });
});

describe('age by the server clock', () => {
  test('fresh to 1.5 periods, late to 3, stale beyond, never before the first', () => {
    const ages = [60_000, 90_000, 90_001, 180_000, 180_001].map((age) => freshnessAt(BEGIN, 60_000, BEGIN + age));
    expect(ages).toEqual(['fresh', 'fresh', 'late', 'late', 'stale']);
    expect(freshnessAt(null, 60_000, BEGIN)).toBe('never');
  });

  test('a station grows old on the page although the server says nothing more', () => {
    expect(shownFreshness(stationView('a'), BEGIN + 200_000)).toBe('stale');
    expect(shownFreshness({ ...stationView('a'), freshness: 'stale' }, BEGIN)).toBe('stale');
  });

  test('the least delayed message sets the offset, and a jump of a clock starts over', () => {
    const clock = new ServerClock();
    clock.observe(10_000, 9_200);
    clock.observe(11_000, 10_050);
    expect(clock.now(20_000)).toBe(20_950);
    clock.observe(12_000, 100_000);
    expect(clock.now(100_000)).toBe(12_000);
  });
});
