import { fromMicro, toMicro } from '../../exact.ts';
import type { Text } from '../../text.ts';

/** How a distance sensor hung over the water from a moment on. */
export interface Installation {
  /** First moment it held, epoch ms. */
  readonly from: number;
  /** Height of the sensor's zero, m above the datum. */
  readonly reference: number;
  readonly datum: Text;
}

export interface LevelFromDistance {
  /** m above the installation's datum. */
  readonly level: number;
  readonly installation: Installation;
}

/** Installation in force at a moment; undefined before the first. The order of the list does not matter. */
export function installationAt(installations: readonly Installation[], at: number): Installation | undefined {
  let chosen: Installation | undefined;
  for (const installation of installations) {
    if (installation.from <= at && (chosen === undefined || installation.from >= chosen.from)) chosen = installation;
  }
  return chosen;
}

/** Level = reference − distance (both m), by the installation of the reading's own time; undefined before the first installation. */
export function levelFromDistance(
  distance: number,
  at: number,
  installations: readonly Installation[],
): LevelFromDistance | undefined {
  const installation = installationAt(installations, at);
  if (installation === undefined) return undefined;
  return { level: fromMicro(toMicro(installation.reference) - toMicro(distance)), installation };
}

/** Whether levels of two moments may be compared: same datum, whatever the height of the sensor. */
export function sameDatum(a: Installation, b: Installation): boolean {
  return a.datum.zh === b.datum.zh && a.datum.en === b.datum.en;
}
