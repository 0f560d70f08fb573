import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';
import { AIR, GAUGE, NOW } from './staged-district.ts';

function reading(station: string, at: number, values: Record<string, number>, quality?: Record<string, number>): Reading {
  return {
    station,
    device: '@device',
    at,
    receivedAt: at,
    origin: 'simulated',
    periodMs: 60_000,
    values,
    historical: false,
    correction: false,
    rev: 0,
    ...(quality && { quality }),
  };
}

describe('CSV export', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    stage.series.held = [
      reading(AIR.id, NOW - 1000, { pm25: 28.1 }),
      reading(AIR.id, NOW - 500, { pm25: -3 }, { pm25: QUALITY.range | QUALITY.late }),
      reading(GAUGE.id, NOW - 1000, { level: 2.5, rainfall: 0.2 }),
    ];
  });
  afterAll(() => stage.stop());

  const text = async (query: string) => {
    const response = await stage.as('officer', `/api/v1/exports/series.csv?${query}`);
    expect(response.status).toBe(200);
    return { response, body: Buffer.from(await response.arrayBuffer()).toString('utf8') };
  };

  test('opens in a spreadsheet: byte order mark, CRLF, local time with offset, quality and origin, no formula', async () => {
    const { response, body } = await text(`station=${AIR.id}&metric=pm25`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=clearbay-air-1-raw-2026-11-22-2026-11-23.csv');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(body).toBe(
      [
        '\uFEFFtime,station,name,device,bay,metric,value,unit,quality,origin',
        "2026-11-23T13:59:59+08:00,air-1,'=百崎空气站,'@device,,pm25,28.1,µg/m³,,simulated",
        "2026-11-23T13:59:59.500+08:00,air-1,'=百崎空气站,'@device,,pm25,-3,µg/m³,range late,simulated",
        '',
      ].join('\r\n'),
    );
  });

  test('gives all metrics of the station, or those asked for', async () => {
    expect((await text(`station=${GAUGE.id}`)).body.split('\r\n')).toHaveLength(4);
    expect((await text(`station=${GAUGE.id}&metric=rainfall`)).body.split('\r\n')).toHaveLength(3);
    expect((await stage.as('officer', `/api/v1/exports/series.csv?station=${GAUGE.id}&metric=level,pm25`)).status).toBe(404);
  });

  test('gives hours with exact means, and a mean-less hour as an empty cell', async () => {
    const row = { station: AIR.id, metric: 'pm25', count: 2, validMs: 120_000, flags: 0, revision: 1, simulated: true, last: 2 };
    stage.series.rolled = [
      { ...row, at: NOW - 3_600_000, validCount: 2, sumMicro: 61_000_000, min: 30, max: 31 },
      { ...row, at: NOW, validCount: 0, sumMicro: 0, min: null, max: null, flags: QUALITY.stuck },
    ];
    const { body } = await text(`station=${AIR.id}&resolution=hour&to=${NOW + 1}`);
    const [, first, second] = body.split('\r\n');
    expect(first).toBe("2026-11-23T13:00:00+08:00,air-1,'=百崎空气站,pm25,30.5,30,31,µg/m³,2,2,,simulated,1");
    expect(second).toBe("2026-11-23T14:00:00+08:00,air-1,'=百崎空气站,pm25,,,,µg/m³,2,0,stuck,simulated,1");
  });

  test('refuses a span that would never end', async () => {
    expect((await stage.as('officer', `/api/v1/exports/series.csv?station=${AIR.id}&from=2000-01-01`)).status).toBe(400);
  });

  test('is written to the audit trail with the person and what was taken', async () => {
    await text(`station=${AIR.id}&metric=pm25`);
    const [row] = await stage.state.audit.list({ limit: 1 });
    expect(row).toMatchObject({ action: 'export.series', subject: AIR.id, detail: '?station=air-1&metric=pm25' });
  });

  test('streams a year without holding it', async () => {
    const day = Array.from({ length: 1440 }, (_, minute) => reading(AIR.id, minute * 60_000, { pm25: minute }));
    const held = stage.series.readings;
    let inFlight = 0;
    stage.series.readings = async (_station, from) => {
      inFlight += 1;
      return day.map((one) => ({ ...one, at: from + one.at }));
    };
    const response = await stage.as('officer', `/api/v1/exports/series.csv?station=${AIR.id}&from=2026-01-01&to=2026-12-31`);
    const reader = response.body?.getReader();
    await reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(inFlight).toBeLessThan(200);
    await reader?.cancel();
    stage.series.readings = held;
  });
});
