import { systemClock } from '@clearbay/contract/clock.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import { DAY_MS, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { Fleet } from '@clearbay/simulators/fleet.ts';
import { fillHistory, historySlices } from '@clearbay/simulators/history.ts';
import type { WireReading } from '@clearbay/simulators/wire.ts';
import { describe, expect, test } from 'vitest';
import { kinds, passwords, smallDistrict } from './small-district.ts';
import { testBroker } from './test-broker.ts';

const FROM = startOfDate('2026-01-01');
const NOW = FROM + 40 * DAY_MS + 7 * HOUR_MS + 1234;
const past = { district: smallDistrict(60_000), kinds, seed: 3, from: FROM };

function memory(value?: string) {
  const cell = { value };
  return {
    cell,
    get: async () => cell.value,
    set: async (next: string) => {
      cell.value = next;
    },
  };
}

function readingsOf(payloads: readonly string[]): WireReading[] {
  return payloads.flatMap((payload) => JSON.parse(payload) as WireReading | WireReading[]);
}

describe('the past of the simulated district', () => {
  test('is hourly up to the last day, then at the live period, in time order, marked historical', () => {
    const slices = historySlices({ ...past, until: NOW }).map((slice) => ({ ...slice, readings: readingsOf(slice.payloads()) }));
    const level = slices.filter(({ device }) => device === 'flood-1-a').flatMap(({ readings }) => readings);
    const times = level.map((reading) => reading.at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
    expect(times.at(0)).toBe(FROM + HOUR_MS);
    expect(times.at(-1)).toBeLessThanOrEqual(NOW);
    const hourly = level.filter((reading) => reading.periodMs === HOUR_MS).length;
    expect(hourly).toBe((39 * DAY_MS + 7 * HOUR_MS) / HOUR_MS);
    expect(level.length - hourly).toBe(1440);
    expect(level.every((reading) => reading.historical === true)).toBe(true);
    const lot = slices.filter(({ device }) => device === 'park-1-a').flatMap(({ readings }) => readings);
    expect(lot.filter((reading) => reading.periodMs === HOUR_MS).every((reading) => reading.bay === undefined)).toBe(true);
    expect(lot.find((reading) => reading.periodMs === HOUR_MS)?.values.free).toBeGreaterThanOrEqual(0);
    expect(new Set(lot.flatMap((reading) => reading.bay ?? [])).size).toBe(40);
  });

  test('is filled over MQTT once, with progress, and not again', async () => {
    const broker = await testBroker();
    const fleet = new Fleet({ ...past, clock: systemClock, url: broker.url, passwords });
    await fleet.start();
    const state = memory();
    const progress: number[] = [];
    const fill = { ...past, now: NOW, state, send: (device: string, payload: string) => fleet.send(device, payload) };
    await fillHistory({ ...fill, onProgress: (done, total) => progress.push(done / total) });
    const historical = broker.readings().filter(({ reading }) => reading.historical === true);
    const expected = historySlices({ ...past, until: NOW }).flatMap((slice) => readingsOf(slice.payloads())).length;
    expect(historical).toHaveLength(expected);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    await fillHistory({ ...fill, now: NOW + DAY_MS, onProgress: () => expect.unreachable() });
    await fleet.stop();
    await broker.close();
  });

  test('interrupted anywhere, it goes on and repeats only exact duplicates', async () => {
    const whole: string[] = [];
    const record = (to: string[]) => async (device: string, payload: string) => void to.push(`${device} ${payload}`);
    await fillHistory({ ...past, now: NOW, state: memory(), onProgress: () => {}, send: record(whole) });
    for (const cut of [1, 9, 17, 23]) {
      const state = memory();
      const sent: string[] = [];
      const stop = new AbortController();
      const send = async (device: string, payload: string) => {
        sent.push(`${device} ${payload}`);
        if (sent.length === cut) stop.abort();
      };
      await fillHistory({ ...past, now: NOW, state, onProgress: () => {}, send, signal: stop.signal });
      expect(sent.length).toBeLessThan(whole.length);
      await fillHistory({ ...past, now: NOW + HOUR_MS, state, onProgress: () => {}, send: record(sent) });
      expect(new Set(sent)).toEqual(new Set(whole));
    }
  });

  test('a publish that fails ends the fill, which can be taken up again', async () => {
    const state = memory();
    const send = () => Promise.reject(new Error('broker gone'));
    await expect(fillHistory({ ...past, now: NOW, state, onProgress: () => {}, send })).rejects.toThrow('broker gone');
    expect(JSON.parse(state.cell.value ?? '{}')).toMatchObject({ done: false, slices: 0 });
  });
});

test('two like stations of one district share the weather but not their chances', () => {
  const one = smallDistrict(60_000);
  const [gauge] = one.stations;
  if (gauge === undefined) throw new Error('no gauge');
  const seeds: number[] = [];
  const model = (_: unknown, seed: number) => {
    seeds.push(seed);
    return { step: () => [] };
  };
  const recording = { ...kinds.get('flood'), model };
  const district = {
    ...one,
    stations: [gauge, { ...gauge, id: 'flood-3' }],
    devices: ['flood-1', 'flood-3'].map((station) => ({ id: station, station, periodMs: 60_000, origin: 'simulated' as const })),
  };
  historySlices({ ...past, district, kinds: new Map([['flood', recording as unknown as Kind]]), until: NOW });
  expect(new Set(seeds).size).toBe(2);
});
