import type { AlertView } from '@clearbay/contract/api.ts';
import type { DeviceClock } from '@clearbay/domain/alerts/device-clock.ts';
import { ClockWatch } from '@clearbay/pipeline/alerts/clock-watch.ts';
import { AlertEngine } from '@clearbay/pipeline/alerts/engine.ts';
import type { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FLOOD, GAUGE, START, stateFolder } from './alert-fixture.ts';

const HOUR = 3_600_000;
const LOOK_MS = 5000;

let folder: Awaited<ReturnType<typeof stateFolder>>;
let store: SqliteState;
beforeEach(async () => {
  folder = await stateFolder();
  store = await folder.open();
});
afterEach(async () => {
  await store.stop();
  await folder.remove();
});

/** Devices with clocks that the test sets; every look they have sent one more message. */
async function watched(names: readonly string[]) {
  const time = { wall: START, steady: 0 };
  const clocks = new Map<string, DeviceClock>();
  const told: AlertView[] = [];
  const engine = new AlertEngine({
    store: store.alerts,
    clock: { now: () => time.wall },
    kinds: [FLOOD],
    onAlert: (alert) => told.push(alert),
  });
  await engine.start();
  const watch = new ClockWatch({
    alerts: engine,
    clock: { now: () => time.wall },
    steadyNow: () => time.steady,
    devices: () => [...clocks].map(([device, clock]) => ({ ...GAUGE, device, station: 'flood-1', clock })),
  });
  watch.start();
  watch.stop();
  const set = (offsetMs: number, devices = names) => {
    for (const device of devices) {
      const messages = (clocks.get(device)?.messages ?? 0) + 1;
      clocks.set(device, { offsetMs, lastOffsetMs: offsetMs, isOff: offsetMs > 300_000, isAhead: offsetMs < -300_000, messages });
    }
  };
  return {
    time,
    told,
    set,
    async look(times = 1) {
      for (let index = 0; index < times; index += 1) {
        time.wall += LOOK_MS;
        time.steady += LOOK_MS;
        watch.look();
      }
      await engine.settled();
      return engine.open().map(({ rule, metric }) => `${rule} ${metric}`);
    },
  };
}

describe('the watch over clocks', () => {
  test('a clock that is wrong is one alert, and ends when it is right', async () => {
    const { set, look, told } = await watched(['d1', 'd2']);
    set(0);
    expect(await look()).toEqual([]);
    set(-8 * HOUR, ['d1']);
    expect(await look(5)).toEqual(['clock d1']);
    set(0, ['d1']);
    expect(await look(3)).toEqual([]);
    expect(told.map(({ condition, version, text }) => `${condition} ${version} ${text.en}`)).toEqual([
      'firing 1 the clock of d1 is 8 h ahead; readings ahead of us are stored and judged by nothing',
      'normal 2 the clock of d1 is right again',
    ]);
  });

  test('a device of which nothing was heard says nothing', async () => {
    const { look } = await watched(['d1']);
    expect(await look(3)).toEqual([]);
  });

  test('when our own clock is moved no device is at fault, until it has been right again', async () => {
    const { time, set, look } = await watched(['d1', 'd2']);
    set(0);
    await look();
    time.wall -= HOUR;
    // One has sent since, the other one not yet.
    set(-HOUR, ['d1']);
    expect(await look()).toEqual([]);
    set(-HOUR);
    expect(await look(20)).toEqual([]);
    time.wall += HOUR;
    set(0);
    expect(await look(3)).toEqual([]);
    set(0);
    expect(await look()).toEqual([]);
    set(-HOUR, ['d2']);
    expect(await look()).toEqual(['clock d2']);
  });
});
