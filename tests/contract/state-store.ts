import type { AlertView } from '@clearbay/contract/api.ts';
import type { AlertChange, ConditionRow, StateStore } from '@clearbay/store/ports/state.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const KEY = { rule: 'level', station: 'flood-1', metric: 'level' };

function alertView(id: string, over: Partial<AlertView> = {}): AlertView {
  return {
    id,
    ...KEY,
    ruleLabel: { zh: '超警戒水位', en: 'above warning level' },
    kind: 'flood',
    stationName: { zh: '水位站', en: 'gauge' },
    level: 3,
    condition: 'firing',
    text: { zh: '水位 3.9 m', en: 'level 3.9 m' },
    value: 3.9,
    threshold: 3.8,
    unit: 'm',
    openedAt: 1000,
    changedAt: 1000,
    closedAt: null,
    simulated: false,
    version: 1,
    history: [],
    ...over,
  };
}

function conditionRow(alertId: string | null, over: Partial<ConditionRow> = {}): ConditionRow {
  return { ...KEY, phase: 'firing', level: 3, since: 1000, watermark: 1000, easing: null, alertId, ...over };
}

function opened(id: string, over: Partial<AlertView> = {}): AlertChange {
  const alert = alertView(id, over);
  const key = { rule: alert.rule, station: alert.station, metric: alert.metric };
  return { key, condition: conditionRow(id, key), alert, notify: true };
}

function closed(id: string, over: Partial<AlertView> = {}): AlertChange {
  const alert = alertView(id, { condition: 'normal', closedAt: 2000, changedAt: 2000, version: 2, ...over });
  return { key: { rule: alert.rule, station: alert.station, metric: alert.metric }, condition: null, alert, notify: true };
}

/** An installation's state: `open()` gives a started store on the same data each time. */
interface StateFixture {
  open(): Promise<StateStore>;
  remove(): Promise<void>;
}

/** What every state store must do, whatever database carries it. */
export function stateStoreContract(name: string, create: () => Promise<StateFixture>): void {
  describe(`state store: ${name}`, () => {
    let fixture: StateFixture;
    let store: StateStore;

    beforeEach(async () => {
      fixture = await create();
      store = await fixture.open();
    });
    afterEach(async () => {
      await store.stop();
      await fixture.remove();
    });

    const reopen = async () => {
      await store.stop();
      store = await fixture.open();
    };

    test('keeps condition, alert and outbox over a restart', async () => {
      const condition = conditionRow('a1', { level: 1, easing: { level: 3, since: 900 }, watermark: 1_790_000_000_123 });
      await store.alerts.apply([{ key: KEY, condition, alert: alertView('a1', { level: 1 }), notify: true }]);
      await reopen();
      expect(await store.alerts.conditions()).toEqual([condition]);
      expect(await store.alerts.open()).toEqual([alertView('a1', { level: 1 })]);
      const [row] = await store.alerts.outbox(10);
      expect(row).toMatchObject({ alertId: 'a1', version: 1 });
      expect(JSON.parse(row?.payload ?? '')).toEqual(alertView('a1', { level: 1 }));
    });

    test('a pending key has a condition and no alert', async () => {
      await store.alerts.apply([{ key: KEY, condition: conditionRow(null, { phase: 'pending' }), alert: null, notify: false }]);
      expect(await store.alerts.conditions()).toEqual([conditionRow(null, { phase: 'pending' })]);
      expect(await store.alerts.open()).toEqual([]);
      expect(await store.alerts.outbox(10)).toEqual([]);
    });

    test('an ending removes the condition and keeps the alert in history', async () => {
      await store.alerts.apply([opened('a1')]);
      await store.alerts.apply([closed('a1')]);
      expect(await store.alerts.conditions()).toEqual([]);
      expect(await store.alerts.open()).toEqual([]);
      expect(await store.alerts.find('a1')).toMatchObject({ condition: 'normal', closedAt: 2000, version: 2 });
    });

    test('at most one open alert a key: the second is refused and nothing of its call is stored', async () => {
      await store.alerts.apply([opened('a1')]);
      await expect(store.alerts.apply([opened('b1', { station: 'flood-2' }), opened('a2')])).rejects.toThrow();
      expect((await store.alerts.open()).map((alert) => alert.id)).toEqual(['a1']);
      expect(await store.alerts.outbox(10)).toHaveLength(1);
      expect(await store.alerts.conditions()).toHaveLength(1);
    });

    test('one alert may end and the next of its key open in one call', async () => {
      await store.alerts.apply([opened('a1')]);
      await store.alerts.apply([closed('a1'), opened('a2', { openedAt: 3000 })]);
      expect((await store.alerts.open()).map((alert) => alert.id)).toEqual(['a2']);
      expect(await store.alerts.conditions()).toMatchObject([{ alertId: 'a2' }]);
    });

    test('the same changes again change nothing, and an older version never overwrites a newer one', async () => {
      await store.alerts.apply([opened('a1')]);
      await store.alerts.apply([opened('a1')]);
      await store.alerts.apply([closed('a1')]);
      await store.alerts.apply([{ ...opened('a1'), condition: null }]);
      expect(await store.alerts.outbox(10)).toHaveLength(2);
      expect(await store.alerts.find('a1')).toMatchObject({ version: 2, closedAt: 2000 });
    });

    test('the outbox gives rows in the order of the changes until they are sent', async () => {
      await store.alerts.apply([opened('a1')]);
      await store.alerts.apply([opened('b1', { station: 'flood-2' }), closed('a1')]);
      const rows = await store.alerts.outbox(10);
      expect(rows.map((row) => [row.alertId, row.version])).toEqual([
        ['a1', 1],
        ['b1', 1],
        ['a1', 2],
      ]);
      expect(await store.alerts.outbox(1)).toEqual(rows.slice(0, 1));
      await store.alerts.sent(rows.slice(0, 2).map((row) => row.id));
      await store.alerts.apply([opened('c1', { station: 'flood-3' })]);
      expect((await store.alerts.outbox(10)).map((row) => row.alertId)).toEqual(['a1', 'c1']);
    });

    test('history is newest first, by station, and pages on', async () => {
      for (let index = 0; index < 5; index += 1) {
        const times = { openedAt: 1000 * (index + 1), closedAt: 1000 * (index + 1) + 500 };
        await store.alerts.apply([closed(`a${index}`, { ...times, station: index % 2 === 0 ? 'even' : 'odd' })]);
      }
      const page = await store.alerts.history({ limit: 2 });
      expect(page.map((alert) => alert.id)).toEqual(['a4', 'a3']);
      const next = await store.alerts.history({ before: page.at(-1)?.openedAt, limit: 2 });
      expect(next.map((alert) => alert.id)).toEqual(['a2', 'a1']);
      expect((await store.alerts.history({ station: 'odd', limit: 9 })).map((alert) => alert.id)).toEqual(['a3', 'a1']);
    });

    test('an unknown alert is not found', async () => {
      expect(await store.alerts.find('none')).toBeUndefined();
    });

    test('calls that run together do not mix their transactions', async () => {
      const many = Array.from({ length: 20 }, (_, index) => opened(`a${index}`, { station: `s${index}` }));
      const results = await Promise.allSettled([
        ...many.map((change) => store.alerts.apply([change])),
        store.alerts.apply([opened('double', { station: 's3' })]),
        store.settings.set('k', 'v'),
      ]);
      expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1);
      expect(await store.alerts.open()).toHaveLength(20);
      expect(await store.settings.get('k')).toBe('v');
    });

    test('ten thousand changes are one call', async () => {
      await store.alerts.apply(Array.from({ length: 10_000 }, (_, index) => opened(`a${index}`, { station: `s${index}` })));
      expect(await store.alerts.open()).toHaveLength(10_000);
      const rows = await store.alerts.outbox(20_000);
      await store.alerts.sent(rows.map((row) => row.id));
      expect(await store.alerts.outbox(1)).toEqual([]);
    });

    test('users are saved, replaced and listed without their hashes', async () => {
      await store.accounts.saveUser({ name: 'officer', role: 'officer', passwordHash: 'h1' });
      await store.accounts.saveUser({ name: 'officer', role: 'admin', passwordHash: 'h2' });
      expect(await store.accounts.user('officer')).toEqual({ name: 'officer', role: 'admin', passwordHash: 'h2' });
      expect(await store.accounts.user('nobody')).toBeUndefined();
      expect(await store.accounts.users()).toEqual([{ name: 'officer', role: 'admin' }]);
    });

    test('tokens are found by their hash until removed', async () => {
      const token = { hash: 'ab', role: 'tester', user: 'script', createdAt: 5, expiresAt: null } as const;
      await store.accounts.saveToken(token);
      expect(await store.accounts.token('ab')).toEqual(token);
      await store.accounts.removeToken('ab');
      expect(await store.accounts.token('ab')).toBeUndefined();
    });

    test('devices keep their stations', async () => {
      await store.devices.save({ device: 'd1', passwordHash: 'h', stations: ['s1'] });
      await store.devices.save({ device: 'd1', passwordHash: 'h2', stations: ['s1', 's2'] });
      await reopen();
      expect(await store.devices.all()).toEqual([{ device: 'd1', passwordHash: 'h2', stations: ['s1', 's2'] }]);
      await store.devices.remove('d1');
      expect(await store.devices.all()).toEqual([]);
    });

    test('the version of the devices changes with each change of one, and with nothing else', async () => {
      const versions = [await store.devices.version()];
      await store.devices.save({ device: 'd1', passwordHash: 'h', stations: [] });
      versions.push(await store.devices.version());
      await store.devices.save({ device: 'd1', passwordHash: 'h2', stations: [] });
      versions.push(await store.devices.version());
      await reopen();
      await store.settings.set('other', 'value');
      expect(await store.devices.version()).toBe(versions[2]);
      await store.devices.remove('d1');
      versions.push(await store.devices.version());
      expect(new Set(versions).size).toBe(4);
    });

    test('the audit is newest first', async () => {
      for (const at of [1, 3, 2]) await store.audit.add({ at, user: 'u', action: 'a', subject: `s${at}`, detail: '' });
      expect((await store.audit.list({ limit: 2 })).map((row) => row.at)).toEqual([3, 2]);
      expect((await store.audit.list({ before: 2, limit: 2 })).map((row) => row.at)).toEqual([1]);
    });

    test('settings are kept by key', async () => {
      expect(await store.settings.get('filled')).toBeUndefined();
      await store.settings.set('filled', '1');
      await store.settings.set('filled', '2');
      await reopen();
      expect(await store.settings.get('filled')).toBe('2');
    });

    test('text that looks like SQL is only text', async () => {
      const name = `x'); drop table alert; --`;
      await store.alerts.apply([opened('a1', { station: name })]);
      expect(await store.alerts.history({ station: name, limit: 1 })).toMatchObject([{ station: name }]);
    });
  });
}
