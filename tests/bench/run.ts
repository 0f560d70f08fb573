/** `npm run bench [-- name …]`: runs the named benches, or all but the long ones, and writes `bench-results.json`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from './figure.ts';

const RESULTS = join(import.meta.dirname, '..', '..', 'bench-results.json');

const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  judging: async () => (await import('./judging.ts')).judging(),
  assess: async () => (await import('./assess.ts')).assess(),
  store: async () => (await import('./store.ts')).store(),
  ingest: async () => (await import('./ingest.ts')).ingest(),
  system: async () => (await import('./system.ts')).system(),
  push: async () => (await import('./push.ts')).push(),
  influx: async () => (await import('./influx.ts')).influx(),
  'influx-chain': async () => (await import('./influx-chain.ts')).influxChain(),
  idle: async () => (await import('./idle.ts')).idle(),
  soak: async () => (await import('./soak.ts')).soak(),
};
/** Runs where it is named only: it takes over ten minutes. */
const LONG = new Set(['soak']);

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(1);
}

const round = (value: number) => Number(value.toPrecision(4));
const figures: Figure[] = [];
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES).filter((each) => !LONG.has(each))) {
  const started = performance.now();
  const rows = (await BENCHES[name]?.()) ?? [];
  figures.push(...rows);
  console.log(`\n${name}, ${Math.round((performance.now() - started) / 1000)} s`);
  console.table(
    rows.map(({ name: what, value, unit, reference, ratio }) => ({
      what,
      value: round(value),
      unit,
      reference: round(reference),
      ratio: round(ratio),
    })),
  );
  writeFileSync(RESULTS, `${JSON.stringify(figures, null, 2)}\n`);
}
