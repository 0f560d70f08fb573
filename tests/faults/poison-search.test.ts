import { loadConfig } from '@clearbay/config/load.ts';
import { loadStandards } from '@clearbay/config/standards/all.ts';
import type { Station } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { Receiver } from '@clearbay/pipeline/receive/receiver.ts';
import { districtRegistry } from '@clearbay/pipeline/receive/registry.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StagedLedger } from '../pipeline/receive/stage.ts';
import { messages } from './anything.ts';
import { print } from './book.ts';

const RUNS = 1500;
const SEED = Number(process.env.FAULT_SEED ?? 20_261_123);
const NOW = Date.parse('2026-11-23T06:07:08Z');
const { district } = loadConfig(undefined, {}, {});
const standards: Readonly<Record<string, unknown>> = { ...loadStandards() };

/** What of these messages is taken, as it would be judged, and whether the device heard that it need not repeat them. */
async function taken(station: Station, payload: readonly object[]) {
  const device = district.devices.find((each) => each.station === station.id);
  const ledger = new StagedLedger();
  const receiver = new Receiver({
    ledger,
    registry: districtRegistry(district, [...KINDS.values()]),
    onCommitted: () => undefined,
  });
  const incoming = { kind: station.kind, station: station.id, device: device?.id ?? '', receivedAt: NOW };
  const isAcknowledged = await new Promise<boolean>((resolve) =>
    receiver.take({ ...incoming, payload: Buffer.from(JSON.stringify(payload)) }, resolve),
  );
  const refused = Object.values(receiver.refusals.counts()).reduce((sum, count) => sum + count, 0);
  return { readings: ledger.readings, isAcknowledged, refused };
}

describe('F11: no reading that is taken brings down the judge of its kind', () => {
  const stations = [...KINDS.keys()].map((kind) => district.stations.find((station) => station.kind === kind) as Station);

  test.each(stations.map((station) => [station.kind, station] as const))('%s', { timeout: 60_000 }, async (id, station) => {
    const kind = KINDS.get(id);
    if (kind === undefined) throw new Error(`no kind "${id}"`);
    let judged = 0;
    const figures = { payloads: 0, offered: 0, acknowledged: 0, stored: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(messages(station, NOW), async (payload) => {
        const live = kind.live(station, standards[id]);
        const { readings, isAcknowledged, refused } = await taken(station, payload);
        figures.payloads += 1;
        figures.offered += payload.length;
        figures.acknowledged += isAcknowledged ? payload.length : 0;
        figures.stored += readings.length;
        figures.refused += refused;
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
    print(`F11 search ${id}`, { ...figures, lost: figures.offered - figures.stored - figures.refused, judged });
    expect(figures).toMatchObject({ payloads: RUNS, acknowledged: figures.offered });
    expect(judged).toBe(figures.stored);
    expect(judged).toBeGreaterThan(5 * RUNS);
  });
});
