import { describe, expect, test } from 'vitest';
import { evidenceLine, evidenceMetric, evidenceSpan, trendSpan } from '../../../console/web/features/alerts/alert-evidence.ts';
import { RegionalWeather } from '../../../simulators/weather.ts';
import { district, FixtureStation } from '../fixture-district.ts';

const NOW = Date.UTC(2026, 10, 24, 4);
const HOUR = 3_600_000;

function view(id: string) {
  const station = district.stations.find((one) => one.id === id);
  if (station === undefined) throw new Error(`no station ${id}`);
  return new FixtureStation(station, new RegionalWeather(7), 1).detail(NOW);
}

describe('the evidence of an alert', () => {
  test('is the course of its own metric with the line it crossed', () => {
    const gauge = view('flood-huangtangxi');
    const [warning] = gauge.marks?.level ?? [];
    const threshold = warning?.value ?? 0;
    expect(evidenceMetric({ metric: 'level' }, gauge)).toBe('level');
    expect(evidenceLine({ metric: 'level', threshold, unit: 'm' }, gauge, 'level')).toEqual({
      value: threshold,
      label: warning?.label,
    });
    expect(evidenceLine({ metric: 'level', threshold: 2.2, unit: 'm' }, gauge, 'level')).toEqual({ value: 2.2, label: null });
  });

  test('a threshold in another unit is no line of the course', () => {
    const gauge = view('flood-huangtangxi');
    expect(evidenceLine({ metric: 'level', threshold: 0.3, unit: 'm/h' }, gauge, 'level')?.value).toBe(
      gauge.marks?.level?.[0]?.value,
    );
  });

  test('of an index is a metric of the station', () => {
    const air = view('air-dongyuan');
    expect(air.metrics.map(({ id }) => id)).toContain(evidenceMetric({ metric: 'aqi' }, air));
    expect(evidenceLine({ metric: 'aqi', threshold: 100, unit: '' }, air, 'pm25')?.value).toBe(60);
    expect(evidenceMetric({ metric: 'data' }, view('park-haijiang'))).toBe('free');
  });

  test('begins hours before it opened and ends soon after it closed, two days at most', () => {
    expect(evidenceSpan({ openedAt: NOW - HOUR, closedAt: null }, NOW)).toEqual({ from: NOW - 7 * HOUR, to: NOW });
    expect(evidenceSpan({ openedAt: NOW - 30 * HOUR, closedAt: NOW - 20 * HOUR }, NOW).to).toBe(NOW - 19 * HOUR);
    expect(evidenceSpan({ openedAt: NOW - 900 * HOUR, closedAt: null }, NOW).from).toBe(NOW - 48 * HOUR);
  });

  test('a trend is told over some reports of the station', () => {
    expect(trendSpan(30_000)).toBe(HOUR / 4);
    expect(trendSpan(HOUR)).toBe(5 * HOUR);
  });
});
