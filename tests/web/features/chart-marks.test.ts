import { describe, expect, test } from 'vitest';
import { axisValues, chartMarks, marksByEdition } from '../../../console/web/features/station/chart-marks.ts';
import { RegionalWeather } from '../../../simulators/weather.ts';
import { district, FixtureStation } from '../fixture-district.ts';

const NOW = Date.UTC(2026, 10, 24, 4);

function view(id: string) {
  const station = district.stations.find((one) => one.id === id);
  if (station === undefined) throw new Error(`no station ${id}`);
  return new FixtureStation(station, new RegionalWeather(7), 1).detail(NOW);
}

describe('lines of the chart', () => {
  test('are those that the server gives, with their edition', () => {
    const air = view('air-dongyuan');
    expect(chartMarks(air, 'o3', ({ zh }) => zh)).toEqual([
      { value: 200, label: '1 小时限值 200' },
      { value: 160, label: '8 小时限值 160' },
    ]);
    expect([...marksByEdition(air, 'o3').keys()]).toEqual(['GB 3095-2026 transition']);
    expect(chartMarks(air, 'humidity', ({ en }) => en)).toEqual([]);
  });

  test('stretch the axis to the nearest limit, but not so far that the course is flattened', () => {
    const air = view('air-dongyuan');
    expect(axisValues(air, 'pm25', { least: 22, greatest: 38 })).toContain(60);
    expect(axisValues(air, 'so2', { least: 4, greatest: 9 })).toEqual([]);
    expect(axisValues(air, 'o3', { least: 40, greatest: 90 })).toEqual([160]);
    expect(axisValues(air, 'pm25', undefined)).toEqual([]);
  });

  test('of a floor stretch it downwards', () => {
    expect(axisValues(view('water-canal'), 'dissolved_oxygen', { least: 7.8, greatest: 8.6 })).toContain(5);
  });

  test('of the station itself are always shown', () => {
    const gauge = view('flood-huangtangxi');
    const [warning] = gauge.marks?.level ?? [];
    expect(axisValues(gauge, 'level', { least: 0.1, greatest: 0.2 })).toContain(warning?.value);
    expect(axisValues(view('park-haijiang'), 'free', undefined)).toEqual([0, 320]);
  });
});
