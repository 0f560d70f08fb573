import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@clearbay/config/load.ts';
import { loadFloodStandards } from '@clearbay/config/standards/flood.ts';
import type { FloodStation } from '@clearbay/domain/district.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import { AlertEngine } from '@clearbay/pipeline/alerts/engine.ts';
import { demonstrationShower, gaugeForDemonstration } from '@clearbay/simulators/scenario.ts';
import { StationSource, speakingDevices } from '@clearbay/simulators/station-source.ts';
import { RegionalWeather } from '@clearbay/simulators/weather.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { expect, test } from 'vitest';

const START = Date.UTC(2026, 10, 23, 7);
const { district, settings } = loadConfig(undefined, {}, {});

test('the demonstration district has a simulated device for every station', () => {
  expect(speakingDevices(district).size).toBe(district.stations.length);
});

test('the demonstration shower raises an alert within two minutes and ends by itself', async () => {
  const gauges = district.stations.filter((station): station is FloodStation => station.kind === 'flood');
  const gauge = gaugeForDemonstration(gauges);
  if (gauge === undefined) throw new Error('the demonstration district has no gauge for the shower');
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-shower-'));
  const store = new SqliteState(join(folder, 'state.db'));
  await store.start();
  const engine = new AlertEngine({ store: store.alerts, clock: { now: () => START }, kinds: [floodKind], onAlert: () => {} });
  await engine.start();

  const live = floodKind.live(gauge, loadFloodStandards());
  const source = new StationSource(
    gauge,
    floodKind as unknown as Kind,
    settings.simulator.seed,
    new RegionalWeather(settings.simulator.seed),
  );
  source.warmUp(START - 30_000);
  const shower = demonstrationShower(gauge, START);
  for (let at = START; at <= shower.to + 3_600_000; at += at < shower.to ? (shower.reportEveryMs ?? 0) : 30_000) {
    for (const { values } of source.report(at, 10_000)) {
      const shaped = at <= shower.to ? shower.shape(values, at) : values;
      live.accept({
        station: gauge.id,
        device: 'd',
        at,
        receivedAt: at,
        origin: 'simulated',
        periodMs: 10_000,
        values: shaped,
        historical: false,
        correction: false,
        rev: 0,
      });
    }
    engine.take(floodKind.signals(live.assess(at), gauge), { kind: 'flood', name: gauge.name, simulated: true });
    await engine.settled();
  }
  const alerts = (await store.alerts.history({ limit: 20 })).filter((alert) => alert.rule === 'flood-level');
  expect(alerts).toHaveLength(1);
  const reached = alerts[0]?.history.find((step) => step.level <= 3);
  expect((reached?.at ?? Number.POSITIVE_INFINITY) - START).toBeLessThanOrEqual(120_000);
  expect(alerts[0]).toMatchObject({ simulated: true, condition: 'normal' });
  console.log(
    alerts[0]?.history.map((step) => `${(step.at - START) / 1000} s ${step.change} ${step.level} ${step.text.zh}`).join('\n'),
  );
  await store.stop();
  await rm(folder, { recursive: true, force: true });
});
