import type { District } from '@clearbay/domain/district.ts';
import { isExcluded, QUALITY, qualityNames } from '@clearbay/domain/quality.ts';
import { windowFlags } from '@clearbay/pipeline/receive/quality/service-windows.ts';
import { Receiver } from '@clearbay/pipeline/receive/receiver.ts';
import { districtRegistry } from '@clearbay/pipeline/receive/registry.ts';
import { describe, expect, test } from 'vitest';
import { metric, NOW, StagedLedger } from './stage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type AirStation = Extract<District['stations'][number], { kind: 'air' }>;

function airStation(id: string, more: Partial<AirStation> = {}): AirStation {
  const name = { zh: id, en: id };
  return {
    id,
    kind: 'air',
    name,
    town: 't',
    position: { lon: 0, lat: 0 },
    state: 'service',
    grade: 'official',
    notMonitored: [],
    ...more,
  };
}

/** Air stations with one device each, named after them, that report once a minute. */
function stage(stations: readonly AirStation[]) {
  const ledger = new StagedLedger();
  const devices = stations.map(({ id }) => ({ id: `${id}-1`, station: id, periodMs: MINUTE, origin: 'measured' as const }));
  const name = { zh: 'd', en: 'd' };
  const district: District = { id: 'd', name, demonstration: false, towns: [], stations, devices, targets: [] };
  const kinds = [{ id: 'air', metrics: [metric('pm25', { maxRatePerHour: 400 })] }];
  const receiver = new Receiver({ ledger, registry: districtRegistry(district, kinds), onCommitted: () => {} });
  /** Sends a PM2.5 value of this minute; gives its flags. */
  async function send(station: string, minute: number, value: number, more: object = {}): Promise<readonly string[]> {
    const at = NOW + minute * MINUTE;
    const payload = Buffer.from(JSON.stringify({ at, values: { pm25: value }, ...more }));
    await new Promise((done) =>
      receiver.take({ kind: 'air', station, device: `${station}-1`, payload, receivedAt: at + 100 }, done),
    );
    const reading = ledger.readings.at(-1);
    expect(reading?.values).toEqual({ pm25: value });
    return qualityNames(reading?.quality?.pm25 ?? 0);
  }
  return { send };
}

describe('a window of calibration or maintenance', () => {
  const windows = [
    { from: NOW, to: NOW + 10 * MINUTE, reason: 'calibration' as const },
    { from: NOW + 8 * MINUTE, to: NOW + 20 * MINUTE, reason: 'maintenance' as const },
  ];

  test.each([
    ['ends with its beginning', 0, MINUTE, 0],
    ['ends in it', 0.5, MINUTE, QUALITY.calibration],
    ['begins in its last moment', 8, MINUTE, QUALITY.calibration],
    ['lies in two', 9, MINUTE, QUALITY.calibration | QUALITY.maintenance],
    ['begins with its end', 21, MINUTE, 0],
    ['is an hour that holds it', 60, HOUR, QUALITY.calibration | QUALITY.maintenance],
    ['is an instant at its end', 20, 0, 0],
  ])('takes a value whose period %s', (_name, minute, periodMs, flags) => {
    expect(windowFlags(windows, NOW + minute * MINUTE, periodMs)).toBe(flags);
  });

  test('keeps its values out of statistics and away from the judgement of the next', async () => {
    const { send } = stage([airStation('a', { windows })]);
    expect(await send('a', 0, 20)).toEqual([]);
    expect(await send('a', 5, 900)).toEqual(['calibration']);
    expect(await send('a', 15, 5)).toEqual(['maintenance']);
    expect(await send('a', 21, 21)).toEqual([]);
    expect([QUALITY.calibration, QUALITY.maintenance].every(isExcluded)).toBe(true);
  });

  test('holds for what is sent in later', async () => {
    const { send } = stage([airStation('a', { windows })]);
    await send('a', 100, 20);
    expect(await send('a', 5, 900, { historical: true })).toEqual(['calibration']);
  });

  test('is no matter of other stations', async () => {
    const { send } = stage([airStation('a', { windows }), airStation('b')]);
    expect(await send('b', 5, 20)).toEqual([]);
  });
});

describe('a sudden change beside neighbours', () => {
  const near = (tolerance?: Record<string, number>) =>
    stage([
      airStation('a', { neighbours: { stations: ['b', 'c'], ...(tolerance === undefined ? {} : { tolerance }) } }),
      airStation('b'),
      airStation('c'),
    ]);

  async function calm({ send }: ReturnType<typeof stage>, minute: number): Promise<void> {
    await send('b', minute, 32);
    await send('c', minute, 28);
  }

  test('that none of them sees is doubted and still counts, for as long as it lasts alone', async () => {
    const staged = near();
    await staged.send('a', 0, 30);
    await calm(staged, 1);
    expect(await staged.send('a', 1, 230)).toContain('neighbour');
    await calm(staged, 2);
    expect(await staged.send('a', 2, 231)).toEqual(['neighbour']);
    await calm(staged, 3);
    expect(await staged.send('a', 3, 30)).not.toContain('neighbour');
    await calm(staged, 4);
    expect(await staged.send('a', 4, 31)).toEqual([]);
    expect(isExcluded(QUALITY.neighbour)).toBe(false);
  });

  test('that one of them sees too is believed', async () => {
    const staged = near();
    await staged.send('a', 0, 30);
    await calm(staged, 0);
    await staged.send('b', 1, 210);
    expect(await staged.send('a', 1, 230)).not.toContain('neighbour');
    expect(await staged.send('a', 2, 230)).toEqual([]);
  });

  test('is believed from the moment a neighbour follows', async () => {
    const staged = near();
    await staged.send('a', 0, 30);
    await calm(staged, 1);
    expect(await staged.send('a', 1, 230)).toContain('neighbour');
    await staged.send('c', 2, 200);
    expect(await staged.send('a', 2, 230)).toEqual([]);
  });

  test('is held against the tolerance where one is stated', async () => {
    const staged = near({ pm25: 15 });
    await staged.send('a', 0, 30);
    await staged.send('b', 1, 190);
    expect(await staged.send('a', 1, 230)).toContain('neighbour');
    await staged.send('b', 2, 220);
    expect(await staged.send('a', 2, 230)).not.toContain('neighbour');
  });

  test('says nothing while no neighbour speaks', async () => {
    const staged = near();
    await calm(staged, 0);
    await staged.send('a', 1, 30);
    expect(await staged.send('a', 5, 230)).not.toContain('neighbour');
  });

  test('is the place’s own after an hour', async () => {
    const staged = near();
    await staged.send('a', 0, 30);
    const flags: boolean[] = [];
    for (let minute = 1; minute <= 70; minute += 1) {
      await calm(staged, minute);
      flags.push((await staged.send('a', minute, 230)).includes('neighbour'));
    }
    expect(flags.indexOf(false)).toBe(61);
    expect(flags.slice(61).some(Boolean)).toBe(false);
  });

  test('is not judged at a station without neighbours', async () => {
    const staged = near();
    await staged.send('b', 0, 30);
    await staged.send('a', 1, 30);
    expect(await staged.send('b', 1, 230)).not.toContain('neighbour');
  });
});
