import { airKind } from './air/kind.ts';
import { floodKind } from './flood/kind.ts';
import type { Kind } from './kind.ts';
import { parkingKind } from './parking/kind.ts';
import { waterKind } from './water/kind.ts';

/** Every kind of sensor; one line each. Stations and standards are handed to a kind by its own id, so the general type is safe. */
export const KINDS: ReadonlyMap<string, Kind> = new Map(
  [airKind, waterKind, floodKind, parkingKind].map((kind) => [kind.id, kind as unknown as Kind]),
);
