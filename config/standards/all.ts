import { loadAirStandards } from './air.ts';
import { loadFloodStandards } from './flood.ts';
import { loadParkingStandards } from './parking.ts';
import { loadWaterStandards } from './water.ts';

/** Standards by the id of their kind. Throws ConfigError where a table is broken. */
export function loadStandards() {
  return { air: loadAirStandards(), water: loadWaterStandards(), flood: loadFloodStandards(), parking: loadParkingStandards() };
}

export type AllStandards = ReturnType<typeof loadStandards>;
