import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '@clearbay/contract/clock.ts';
import type { FloodStation } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { Fleet } from '@clearbay/simulators/fleet.ts';
import { fillHistory } from '@clearbay/simulators/history.ts';
import { demonstrationShower, gaugeForDemonstration } from '@clearbay/simulators/scenario.ts';
import { giveBackMemory } from './give-back-memory.ts';
import type { SimulatorNews, SimulatorOrder } from './simulator-link.ts';

// The simulated devices run beside the system, in a thread of their own, and reach it by MQTT alone.

const order = workerData as SimulatorOrder;
const SHOWER_AFTER_MS = 45_000;

function tell(news: SimulatorNews): void {
  parentPort?.postMessage(news);
}

const now = systemClock.now();
const gauge = gaugeForDemonstration(
  order.district.stations.filter((station): station is FloodStation => station.kind === 'flood'),
);
const fleet = new Fleet({
  district: order.district,
  kinds: KINDS,
  seed: order.seed,
  clock: systemClock,
  url: order.url,
  passwords: new Map(Object.entries(order.passwords)),
  scenarios: gauge === undefined ? [] : [demonstrationShower(gauge, now + SHOWER_AFTER_MS)],
});
const ended = new AbortController();

async function fill(history: NonNullable<SimulatorOrder['history']>): Promise<void> {
  let saved = history.saved;
  await fillHistory({
    district: order.district,
    kinds: KINDS,
    seed: order.seed,
    from: history.from,
    now,
    send: (device, payload) => fleet.send(device, payload),
    state: {
      get: async () => saved,
      set: async (state) => {
        saved = state;
        tell({ type: 'saved', state });
      },
    },
    onProgress: (done, total) => tell({ type: 'progress', done, total }),
    signal: ended.signal,
  });
  tell({ type: 'filled' });
  giveBackMemory();
}

async function run(): Promise<void> {
  await fleet.start();
  tell({ type: 'running' });
  if (order.history !== null) await fill(order.history);
}

parentPort?.once('message', async () => {
  ended.abort();
  await fleet.stop();
  process.exit(0);
});

run().catch((error: Error) => {
  if (!ended.signal.aborted) tell({ type: 'failed', what: error.message });
});
