import { loadConfig } from '@clearbay/config/load.ts';
import { loadStandards } from '@clearbay/config/standards/all.ts';
import type { Station } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { Receiver } from '@clearbay/pipeline/receive/receiver.ts';
import { districtRegistry } from '@clearbay/pipeline/receive/registry.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StagedLedger } from '../pipeline/receive/stage.ts';
import { print } from './book.ts';

const RUNS = 1500;
const SEED = Number(process.env.FAULT_SEED ?? 20_261_123);
const NOW = Date.parse('2026-11-23T06:07:08Z');
const { district } = loadConfig(undefined, {}, {});
const standards: Readonly<Record<string, unknown>> = { ...loadStandards() };

/** Finite numbers at which arithmetic breaks, and the ends of what a metric may be. */
function extremes([min, max]: readonly [number, number]): fc.Arbitrary<number> {
  const span = max - min;
  return fc.oneof(
    fc.constantFrom(0, -0, 5e-324, -5e-324, 1e-9, 2 ** 53, -(2 ** 53), 1.7e308, -1.7e308, 9_007_199_254.740993, 1e15 + 0.3),
    fc.constantFrom(min, max, min + span / 3, max - span * Number.EPSILON, min - 1, max + 1),
    fc.double({ min, max, noNaN: true }),
  );
}

/** Everything that a device of this station may say by the contract. */
function messages(station: Station): fc.Arbitrary<readonly object[]> {
  const kind = KINDS.get(station.kind);
  if (kind === undefined) throw new Error(`no kind "${station.kind}"`);
  const values = fc
    .record(Object.fromEntries(kind.metrics.map(({ id, range }) => [id, extremes(range)])), { requiredKeys: [] })
    .filter((record) => Object.keys(record).length > 0);
  const marks = fc.dictionary(
    fc.constantFrom(...kind.metrics.map(({ id }) => id)),
    fc.constantFrom('N', 'F', 'M', 'D', 'C', 'T', 'B'),
  );
  const message = fc.record(
    {
      values,
      at: fc.oneof(
        fc.integer({ min: -6 * HOUR_MS, max: 0 }),
        fc.integer({ min: -7 * DAY_MS, max: DAY_MS }),
        fc.constantFrom(-HOUR_MS, -(NOW % HOUR_MS), -(NOW % MINUTE_MS), 0),
      ),
      flags: marks,
      ...(station.kind === 'parking' && { bay: fc.constantFrom('A-001', 'A-002', 'B-1') }),
      periodMs: fc.constantFrom(1, 1000, 60_000, HOUR_MS, DAY_MS),
      historical: fc.boolean(),
      correction: fc.boolean(),
      rev: fc.constantFrom(0, 1, 2 ** 31),
    },
    { requiredKeys: ['values', 'at'] },
  );
  return fc.array(
    message.map(({ at, ...rest }) => ({ ...rest, at: NOW + at })),
    { minLength: 1, maxLength: 25 },
  );
}

/** What of these messages is taken, as it would be judged. */
async function taken(station: Station, payload: readonly object[]): Promise<readonly Reading[]> {
  const device = district.devices.find((each) => each.station === station.id);
  const ledger = new StagedLedger();
  const receiver = new Receiver({
    ledger,
    registry: districtRegistry(district, [...KINDS.values()]),
    onCommitted: () => undefined,
  });
  const incoming = { kind: station.kind, station: station.id, device: device?.id ?? '', receivedAt: NOW };
  await new Promise((resolve) => receiver.take({ ...incoming, payload: Buffer.from(JSON.stringify(payload)) }, resolve));
  return ledger.readings;
}

describe('F11: no reading that is taken brings down the judge of its kind', () => {
  const stations = [...KINDS.keys()].map((kind) => district.stations.find((station) => station.kind === kind) as Station);

  test.each(stations.map((station) => [station.kind, station] as const))('%s', { timeout: 60_000 }, async (id, station) => {
    const kind = KINDS.get(id);
    if (kind === undefined) throw new Error(`no kind "${id}"`);
    let judged = 0;
    await fc.assert(
      fc.asyncProperty(messages(station), async (payload) => {
        const live = kind.live(station, standards[id]);
        const readings = await taken(station, payload);
        for (const reading of readings) {
          live.accept(reading);
          kind.signals(live.assess(NOW), station);
          judged += 1;
        }
        live.rebuild(readings);
        const assessment = live.assess(NOW + HOUR_MS);
        kind.signals(assessment, station);
        JSON.stringify(assessment);
        kind.explain(station, readings, { start: NOW - DAY_MS, end: NOW }, standards[id], NOW);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    print(`F11 search ${id}`, { payloads: RUNS, 'readings judged': judged, thrown: 0 });
    expect(judged).toBeGreaterThan(5 * RUNS);
  });
});
