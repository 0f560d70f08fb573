import type { AlertView } from '@clearbay/contract/api.ts';
import type { Signal } from '@clearbay/domain/alerts/signal.ts';
import { AlertEngine, type AlertEngineOptions } from '@clearbay/pipeline/alerts/engine.ts';
import type { AlertStore } from '@clearbay/store/ports/state.ts';
import type { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AT_ONCE, FLOOD, GAUGE, RULE, START, signal, stateFolder } from './alert-fixture.ts';

const MINUTE = 60_000;
const clock = { now: () => START };

let folder: Awaited<ReturnType<typeof stateFolder>>;
let store: SqliteState;
let told: AlertView[];

beforeEach(async () => {
  folder = await stateFolder();
  store = await folder.open();
  told = [];
});
afterEach(async () => {
  await store.stop();
  await folder.remove();
});

async function startEngine(over: Partial<AlertEngineOptions> = {}): Promise<AlertEngine> {
  const engine = new AlertEngine({ store: store.alerts, clock, kinds: [FLOOD], onAlert: (alert) => told.push(alert), ...over });
  await engine.start();
  return engine;
}

async function notices(from: Pick<AlertStore, 'outbox'> = store.alerts): Promise<string[]> {
  const rows = await from.outbox(100_000);
  return rows.map((row) => {
    const alert = JSON.parse(row.payload) as AlertView;
    return `${alert.history.at(-1)?.change} ${alert.level} ${alert.id}`;
  });
}

/** Two episodes with a rise, a flap, an easing and a quiet end each. */
const STORY: readonly Signal[] = [
  ...[signal(0, 3), signal(1, 3), signal(2, 2), signal(3, 1), signal(4, 3), signal(6, 3)],
  ...[signal(7, null), signal(8, 3), signal(9, null), signal(10, null), signal(11, null), signal(12, null)],
  ...[signal(20, 4), signal(20.5, null), signal(21, 4), signal(22, 4), signal(23, null), signal(26, null)],
];

describe('the alert engine', () => {
  test('opens, raises, eases and ends one alert an episode, with every step in its history', async () => {
    const engine = await startEngine();
    for (const each of STORY) {
      engine.take([each], GAUGE);
      await engine.settled();
    }
    const [second, first] = await store.alerts.history({ limit: 9 });
    expect(first?.history.map((step) => `${step.change} ${step.level}`)).toEqual([
      'opened 3',
      'raised 2',
      'raised 1',
      'lowered 3',
      'recovering 3',
      'refired 3',
      'recovering 3',
      'cleared 3',
    ]);
    expect(second?.history.map((step) => step.change)).toEqual(['opened', 'recovering', 'cleared']);
    expect(first).toMatchObject({ condition: 'normal', closedAt: START + 11 * MINUTE, openedAt: START + MINUTE });
    expect(first?.ruleLabel).toEqual(RULE.label);
    expect(first?.id).not.toBe(second?.id);
    expect(engine.open()).toEqual([]);
    expect((await notices()).map((notice) => notice.split(' ')[0])).toEqual([
      ...['opened', 'raised', 'raised', 'lowered', 'cleared'],
      ...['opened', 'cleared'],
    ]);
    expect(told.map((alert) => alert.version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3]);
  });

  test('a stop and start after any step gives the same alerts and no notice twice', async () => {
    const undisturbed = await startEngine();
    for (const each of STORY) {
      undisturbed.take([each], GAUGE);
      await undisturbed.settled();
    }
    const wanted = { notices: await notices(), history: await store.alerts.history({ limit: 9 }) };

    for (let cut = 0; cut <= STORY.length; cut += 1) {
      const other = await stateFolder();
      const state = await other.open();
      const options = { store: state.alerts, clock, kinds: [FLOOD], onAlert: () => {} };
      const before = new AlertEngine(options);
      await before.start();
      for (const each of STORY.slice(0, cut)) {
        before.take([each], GAUGE);
        await before.settled();
      }
      const after = new AlertEngine(options);
      await after.start();
      expect(after.open()).toEqual(before.open());
      // What the ledger gives again after a start is harmless.
      for (const each of [...STORY.slice(Math.max(0, cut - 1), cut), ...STORY.slice(cut)]) {
        after.take([each], GAUGE);
        await after.settled();
      }
      expect(await notices(state.alerts)).toEqual(wanted.notices);
      expect(await state.alerts.history({ limit: 9 })).toEqual(wanted.history);
      await state.stop();
      await other.remove();
    }
  });

  test('killed before the commit, the same readings give the same alert', async () => {
    const lost: AlertStore = { ...bound(store.alerts), apply: () => new Promise<never>(() => {}) };
    const killed = await startEngine({ store: lost });
    killed.take([signal(0, 1, { rule: AT_ONCE.id })], GAUGE);
    const decided = killed.open();
    expect(await store.alerts.open()).toEqual([]);

    const engine = await startEngine();
    engine.take([signal(0, 1, { rule: AT_ONCE.id })], GAUGE);
    await engine.settled();
    expect(engine.open()).toEqual(decided);
    expect(await store.alerts.open()).toEqual(decided);
  });

  test('an ended alert is not opened again by its own old signals after a start', async () => {
    const engine = await startEngine();
    for (const each of STORY) engine.take([each], GAUGE);
    await engine.settled();
    const again = await startEngine();
    for (const each of STORY.slice(0, -1)) again.take([each], GAUGE);
    await again.settled();
    expect(again.open()).toEqual([]);
    expect(await store.alerts.history({ limit: 9 })).toHaveLength(2);
  });

  test('alerts of simulated stations are marked', async () => {
    const engine = await startEngine();
    engine.take([signal(0, 2, { rule: AT_ONCE.id })], { ...GAUGE, simulated: true });
    await engine.settled();
    expect(await store.alerts.open()).toMatchObject([{ simulated: true, level: 2 }]);
  });

  test('two openings of a key at one moment are two alerts', async () => {
    const engine = await startEngine({ kinds: [{ id: 'flood', rules: [{ ...AT_ONCE, clearForMs: 0 }] }] });
    for (const level of [3, null, 3] as const) {
      engine.take([signal(0, level, { rule: AT_ONCE.id })], GAUGE);
      await engine.settled();
    }
    const history = await store.alerts.history({ limit: 9 });
    expect(history.map((alert) => alert.closedAt === null).sort()).toEqual([false, true]);
  });

  test('a rule that the kind does not have is counted', async () => {
    const engine = await startEngine();
    engine.take([signal(0, 1, { rule: 'other' })], GAUGE);
    expect(engine.status().unknownRules).toBe(1);
    expect(engine.open()).toEqual([]);
  });

  test('open alerts are listed most severe first, then newest', async () => {
    const engine = await startEngine();
    engine.take([signal(0, 3, { rule: AT_ONCE.id, station: 'a' }), signal(1, 1, { rule: AT_ONCE.id, station: 'b' })], GAUGE);
    engine.take([signal(2, 3, { rule: AT_ONCE.id, station: 'c' })], GAUGE);
    expect(engine.open().map((alert) => alert.station)).toEqual(['b', 'c', 'a']);
    await engine.settled();
  });

  test('ten thousand signals of a storm give each key one alert and every notice once', async () => {
    const engine = await startEngine();
    const begun = performance.now();
    for (let index = 0; index < 10_000; index += 1) {
      engine.take([signal(index / 1000, 3, { rule: AT_ONCE.id, station: `s${index % 5000}` })], GAUGE);
    }
    const decided = performance.now() - begun;
    await engine.settled();
    const stored = performance.now() - begun;
    console.log(`storm of 10,000 signals: decided in ${decided.toFixed(0)} ms, 5,000 alerts stored in ${stored.toFixed(0)} ms`);
    expect(engine.open()).toHaveLength(5000);
    expect(await store.alerts.open()).toHaveLength(5000);
    expect(await store.alerts.outbox(20_000)).toHaveLength(5000);
    expect(told).toHaveLength(5000);
  });
});

function bound(alerts: AlertStore): AlertStore {
  return {
    conditions: () => alerts.conditions(),
    apply: (changes) => alerts.apply(changes),
    open: () => alerts.open(),
    find: (id) => alerts.find(id),
    history: (query) => alerts.history(query),
    outbox: (limit) => alerts.outbox(limit),
    sent: (ids) => alerts.sent(ids),
  };
}

describe('while the store is away', () => {
  function flaky() {
    const state = { away: true };
    const apply: AlertStore['apply'] = async (changes) => {
      if (state.away) throw new Error('the disk is full');
      await store.alerts.apply(changes);
    };
    return { state, store: { ...bound(store.alerts), apply } };
  }

  test('alerts go on from memory, are told once, and are stored when it is back', async () => {
    const { state, store: away } = flaky();
    const engine = await startEngine({ store: away });
    engine.take([signal(0, 3, { rule: AT_ONCE.id })], GAUGE);
    await expect.poll(() => told.map((alert) => alert.version)).toEqual([1]);
    expect(engine.status()).toMatchObject({ waiting: 1, error: 'the disk is full' });
    engine.take([signal(1, 1, { rule: AT_ONCE.id })], GAUGE);
    expect(engine.open()).toMatchObject([{ level: 1 }]);
    await expect.poll(() => told.map((alert) => alert.version)).toEqual([1, 2]);
    state.away = false;
    await engine.settled();
    expect(told.map((alert) => alert.version)).toEqual([1, 2]);
    expect(await store.alerts.open()).toMatchObject([
      { level: 1, version: 2, history: [{ change: 'opened' }, { change: 'raised' }] },
    ]);
    expect(await notices()).toHaveLength(1);
    expect(engine.status()).toMatchObject({ waiting: 0, error: undefined });
  });

  test('what waits is bounded', async () => {
    const { state, store: away } = flaky();
    const engine = await startEngine({ store: away, mostWaiting: 10 });
    const rule = AT_ONCE.id;
    for (let index = 0; index < 25; index += 1) engine.take([signal(0, 3, { rule, station: `s${index}` })], GAUGE);
    expect(engine.status()).toMatchObject({ waiting: 10, givenUp: 15 });
    state.away = false;
    await engine.settled();
    expect(await store.alerts.open()).toHaveLength(10);
    expect(engine.open()).toHaveLength(25);
  });

  test('one refused change does not hold up the others', async () => {
    const refusing: AlertStore = {
      ...bound(store.alerts),
      apply: async (changes) => {
        if (changes.some((change) => change.key.station === 'broken')) throw new Error('refused');
        await store.alerts.apply(changes);
      },
    };
    const engine = await startEngine({ store: refusing });
    const rule = AT_ONCE.id;
    engine.take([signal(0, 3, { rule, station: 'broken' }), signal(0, 3, { rule, station: 'sound' })], GAUGE);
    await expect.poll(async () => (await store.alerts.open()).map((alert) => alert.station)).toEqual(['sound']);
    expect(engine.status().waiting).toBe(1);
    await engine.stop();
  });
});

describe('silent stations', () => {
  const station = (lastAt: number | null) => ({ station: 'flood-1', periodMs: MINUTE, lastAt, ...GAUGE });

  test('open an alert of their own, also when never heard of, and never end another', async () => {
    const engine = await startEngine();
    engine.take([signal(0, 1, { rule: AT_ONCE.id })], GAUGE);
    const never = { ...station(null), station: 'flood-2' };
    engine.checkSilence(START + 3 * MINUTE, [station(START), never]);
    expect(engine.open().map((alert) => alert.rule)).toEqual([AT_ONCE.id]);
    engine.checkSilence(START + 5 * MINUTE, [station(START), never]);
    engine.checkSilence(START + 6 * MINUTE, [station(START), never]);
    await engine.settled();
    expect(
      engine
        .open()
        .map((alert) => `${alert.rule} ${alert.station} ${alert.level}`)
        .sort(),
    ).toEqual(['guaranteed-level flood-1 1', 'silent flood-1 3', 'silent flood-2 3']);
    engine.checkSilence(START + 7 * MINUTE, [station(START + 7 * MINUTE), never]);
    await engine.settled();
    expect(engine.open().map((alert) => `${alert.rule} ${alert.station}`)).toEqual([
      'guaranteed-level flood-1',
      'silent flood-2',
    ]);
    expect(await notices()).toHaveLength(4);
  });

  test('stay open over a restart until data are back, although nobody listened meanwhile', async () => {
    const engine = await startEngine();
    engine.checkSilence(START + 5 * MINUTE, [station(null)]);
    await engine.stop();
    const again = await startEngine({ clock: { now: () => START + 600 * MINUTE } });
    again.checkSilence(START + 601 * MINUTE, [station(START)]);
    expect(again.open()).toMatchObject([{ rule: 'silent', version: 1 }]);
    again.checkSilence(START + 602 * MINUTE, [station(START + 602 * MINUTE)]);
    await again.settled();
    expect(again.open()).toEqual([]);
  });

  test('end although the wall clock was set back meanwhile', async () => {
    const engine = await startEngine();
    engine.checkSilence(START + 1440 * MINUTE, [station(START)]);
    expect(engine.open()).toHaveLength(1);
    engine.checkSilence(START + MINUTE, [station(START + MINUTE)]);
    await engine.settled();
    expect(engine.open()).toEqual([]);
  });
});
