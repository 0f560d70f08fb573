import { loadConfig } from '@clearbay/config/load.ts';
import { loadStandards } from '@clearbay/config/standards/all.ts';
import { overview, stationDetail } from '@clearbay/console-server/views/live-state.ts';
import type { LiveFeed } from '@clearbay/contract/live.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { LiveDistrict } from '@clearbay/pipeline/live/live-district.ts';
import { ProgressBoard } from '@clearbay/pipeline/live/progress.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';
import { NOW } from './staged-district.ts';

describe('the real live district behind the API', () => {
  const { district } = loadConfig(undefined, {}, {});
  const clock = { now: () => NOW };
  const live = new LiveDistrict({
    district,
    kinds: KINDS,
    standards: loadStandards(),
    clock,
    progress: new ProgressBoard(clock),
    openAlerts: () => [],
    onSignals: () => undefined,
    districtAir: () => null,
  });
  const feed: LiveFeed = {
    overview: () => live.overview(),
    station: (id) => live.station(id),
    watch: (id) => live.watch(id),
    subscribe: (listener) => live.subscribe(listener),
    days: () => Promise.resolve([]),
  };
  let stage: Stage;
  beforeAll(async () => {
    await live.start(() => Promise.resolve([]));
    stage = await openStage({ feed });
  });
  afterAll(async () => {
    live.stop();
    await stage.stop();
  });

  test('the overview is what the API document says, field by field', async () => {
    const view = overview.parse(await (await stage.as('viewer', '/api/v1/overview')).json());
    expect(view.stations).toHaveLength(district.stations.length);
  });

  test.each(district.stations.map(({ id }) => id))('station %s too', async (id) => {
    const view = stationDetail.parse(await (await stage.as('viewer', `/api/v1/stations/${id}`)).json());
    expect(view.metrics.length).toBeGreaterThan(0);
  });
});
