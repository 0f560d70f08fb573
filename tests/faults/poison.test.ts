import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StationDetailView } from '@clearbay/contract/api.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../console-server/live-page.ts';
import { print, StoredBook } from './book.ts';
import { type Installation, install, removeFolder } from './mortal-system.ts';
import { Sender } from './senders.ts';
import { StagedSystem } from './staged-system.ts';

/** The value at which the judge fails at once, and the one that it swallows and fails on afterwards. */
const THROWS_AT_ONCE = 666;
const THROWS_LATER = 667;

/** A kind with a fault in its judge: two values bring it down, one of them for good. */
function poisonable(kind: Kind): Kind {
  return {
    ...kind,
    live(station, standards) {
      const judge = kind.live(station, standards);
      let swallowed = false;
      const take = ({ values }: Reading) => {
        if (values.pm25 === THROWS_AT_ONCE) throw new RangeError('no index for this concentration');
        if (values.pm25 === THROWS_LATER) swallowed = true;
      };
      return {
        accept(reading) {
          take(reading);
          judge.accept(reading);
        },
        assess(now) {
          if (swallowed) throw new RangeError('the index lost its mind');
          return judge.assess(now);
        },
        heldSince: (now) => judge.heldSince(now),
        rebuild(readings) {
          swallowed = false;
          const all = [...readings];
          for (const reading of all) take(reading);
          judge.rebuild(all);
        },
      };
    },
  };
}

let folder: string;
let installation: Installation;
let system: StagedSystem | undefined;
const kinds = KINDS as Map<string, Kind>;
const sound = KINDS.get('air') as Kind;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-poison-'));
  installation = await install(folder, { air: 3 });
  kinds.set('air', poisonable(sound));
});
afterEach(async () => {
  kinds.set('air', sound);
  await system?.stop();
  await removeFolder(folder);
});

test('F11: a reading that the judge throws on is stored, set aside with its reason, and holds up neither its neighbours nor the next start', async () => {
  system = new StagedSystem(installation);
  await system.start();
  const from = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 40 * MINUTE_MS;
  const poisons = new Map([
    ['air-1-a', new Map([[from + 10 * MINUTE_MS, THROWS_AT_ONCE]])],
    ['air-2-a', new Map([[from + 20 * MINUTE_MS, THROWS_LATER]])],
  ]);
  const senders = installation.devices.map((device) => {
    const value = (at: number) => poisons.get(device)?.get(at) ?? 20 + ((at / MINUTE_MS) % 7);
    return new Sender({ device, from, stepMs: MINUTE_MS, payload: (at) => JSON.stringify({ at, values: { pm25: value(at) } }) });
  });
  for (const sender of senders) expect(await sender.connect(system.mqttPort)).toBe(true);
  for (let minute = 0; minute < 40; minute += 1) {
    for (const sender of senders) sender.send(1);
    await until(() => senders.every(({ unacknowledged }) => unacknowledged === 0), `minute ${minute} was acknowledged`);
  }
  const newest = senders[0]?.offered.at(-1);
  const judged = async (id: string) => (await (system as StagedSystem).api<StationDetailView>(`/stations/${id}`)).lastAt;
  for (const station of ['air-1', 'air-2', 'air-3']) expect(await judged(station)).toBe(newest);
  const { state, ready, reasons } = await system.health();
  expect({ state, ready }).toEqual({ state: 'degraded', ready: true });
  const leftOut = reasons.filter((reason) => reason.includes('left out'));
  expect(leftOut).toEqual([
    expect.stringMatching(/air-1.*no index for this concentration/),
    expect.stringMatching(/air-2.*the index lost its mind/),
  ]);

  for (const sender of senders) sender.disconnect();
  await system.stop();
  const book = new StoredBook(installation.data);
  book.look();
  const figures = book.figures(senders);
  print('F11 poison', { ...figures, poisonous: poisons.size, 'set aside': leftOut.length });
  expect(figures).toMatchObject({ offered: 120, acknowledged: 120, stored: 120, lost: 0, doubled: 0 });

  // The poison is on disk: the next start meets it again.
  system = new StagedSystem(installation);
  await system.start();
  for (const station of ['air-1', 'air-2', 'air-3']) expect(await judged(station)).toBe(newest);
  expect((await system.health()).reasons.filter((reason) => reason.includes('left out'))).toHaveLength(2);
});
