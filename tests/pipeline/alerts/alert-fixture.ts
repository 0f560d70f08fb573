import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertLevel, Signal, SignalRule } from '@clearbay/domain/alerts/signal.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';

export const RULE: SignalRule = {
  id: 'warning-level',
  label: { zh: '超警戒水位', en: 'above warning level' },
  forMs: 60_000,
  clearForMs: 120_000,
};
export const AT_ONCE: SignalRule = { ...RULE, id: 'guaranteed-level', forMs: 0 };

export const FLOOD = { id: 'flood', rules: [RULE, AT_ONCE] } as const;
export const GAUGE = { kind: 'flood', name: { zh: '水位站', en: 'gauge' }, simulated: false };
export const START = Date.UTC(2026, 10, 23, 6);
const MINUTE = 60_000;

/** A signal `minute` minutes after the start. */
export function signal(minute: number, level: AlertLevel | null, over: Partial<Signal> = {}): Signal {
  const value = level === null ? 3 : 5 - level / 10;
  return {
    rule: RULE.id,
    station: 'flood-1',
    metric: 'level',
    at: START + minute * MINUTE,
    level,
    clear: level === null,
    value,
    threshold: 3.8,
    unit: 'm',
    text: { zh: `水位 ${value} m`, en: `level ${value} m` },
    ...over,
  };
}

/** A state file in a folder of its own. */
export async function stateFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-alerts-'));
  return {
    open: async () => {
      const store = new SqliteState(join(folder, 'state.db'));
      await store.start();
      return store;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
