import type { FloodStation, Installation } from '../../district.ts';
import { fromMicro, toMicro } from '../../exact.ts';
import type { Measured } from '../kind.ts';

/** Installation of a device in force at a moment; undefined before the first. The order of the list does not matter. */
function installationAt(installations: readonly Installation[], device: string, at: number): Installation | undefined {
  let chosen: Installation | undefined;
  for (const installation of installations) {
    if (installation.device !== undefined && installation.device !== device) continue;
    if (installation.from <= at && (chosen === undefined || installation.from >= chosen.from)) chosen = installation;
  }
  return chosen;
}

/**
 * Adds the level (m above the station's datum) to a report of distance (m): reference − distance by the installation of the reading's own time,
 * with the mark of the distance. Nothing is added before the first installation, where it has another datum than the station's
 * lines, or where the device gives a level itself. The distance stays as it came.
 */
export function levelFromDistance(station: FloodStation, measured: Measured): Measured {
  const { device, at, values, marks } = measured;
  const { distance, level } = values;
  if (distance === undefined || level !== undefined || station.installations === undefined) return measured;
  const installation = installationAt(station.installations, device, at);
  if (installation === undefined || !sameDatum(installation, station)) return measured;
  const mark = marks?.distance;
  return {
    ...measured,
    values: { ...values, level: fromMicro(toMicro(installation.reference) - toMicro(distance)) },
    ...(mark === undefined ? {} : { marks: { ...marks, level: mark } }),
  };
}

function sameDatum(a: Pick<Installation, 'datum'>, b: Pick<FloodStation, 'datum'>): boolean {
  return a.datum.zh === b.datum.zh && a.datum.en === b.datum.en;
}
