import { readFileSync } from 'node:fs';
import type { StationDetailView, StatusView } from '@clearbay/contract/api.ts';
import type { Room } from '@clearbay/contract/live.ts';
import { parse } from 'csv-parse/sync';
import { LivePage, until } from '../console-server/live-page.ts';
import { type RunningSystem, startSystem } from '../harness/system.ts';

export type Row = Readonly<Record<string, string>>;

/** The rows of a recorded CSV file. */
export function csvRows(file: string): Row[] {
  return parse(readFileSync(file), { columns: true, bom: true }) as Row[];
}

/** Everything a station of the configuration has besides what its kind asks for. */
export const measured = (id: string, name: string, periodSeconds: number) => ({
  id,
  name: { zh: name, en: name },
  town: 'recorded',
  position: { lon: 118.75, lat: 24.9 },
  devices: [{ id: `${id}-a`, periodSeconds }],
});

/** Speaks for every station of a recorded district. */
const RECORDER = 'recorder';

/** The system with a district of measured stations, one device for all of them, and room for old data. */
export async function recordedSystem(stations: readonly { readonly id: string }[]): Promise<RunningSystem> {
  return await startSystem({
    config: {
      series: { rawDays: 4000, hourYears: 12 },
      district: {
        id: 'recorded',
        name: { zh: '实测数据', en: 'recorded data' },
        towns: [{ id: 'recorded', name: { zh: '实测', en: 'recorded' } }],
        stations,
      },
    },
    devices: new Map([[RECORDER, stations.map((station) => station.id)]]),
  });
}

/** Arguments with which the recorder speaks. */
export function asRecorder(system: RunningSystem): string[] {
  return ['--device', RECORDER, '--password', system.passwords.get(RECORDER) ?? ''];
}

/** Waits until the series store holds everything that was acknowledged. */
export async function drained(system: RunningSystem): Promise<StatusView> {
  for (let round = 0; round < 200; round += 1) {
    const status = await system.api<StatusView>('/status');
    if (status.ledger.pending === 0 && status.series.cursor >= status.ledger.lastSeq) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the series store did not catch up');
}

/** A page that looks at a station, as the console does. */
export async function lookAt(system: RunningSystem, station: string): Promise<LivePage> {
  const page = new LivePage(system.url, { auth: { token: system.token } });
  const refusal = (await page.connected()) ?? (await page.join({ room: `station:${station}` as Room }));
  if (refusal !== undefined) throw new Error(`the page was refused: ${refusal}`);
  await until(() => page.snapshots.length > 0, 'the snapshot of the station');
  return page;
}

/** What the page shows of a station's newest assessment. */
export function shown(page: LivePage, station: string): StationDetailView['assessment'] {
  const changes = page.frames.flatMap((frame) => frame.stations ?? []).filter((change) => change.id === station);
  return (
    changes.findLast((change) => change.assessment !== undefined)?.assessment ??
    page.snapshots.at(-1)?.station?.assessment ??
    null
  );
}
