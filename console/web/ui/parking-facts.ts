import type { StationView } from '@clearbay/contract/api.ts';
import type { Rating } from '@clearbay/domain/assessment.ts';
import type { ParkingStation } from '@clearbay/domain/district.ts';
import type { ParkingDetail } from '@clearbay/domain/kinds/parking/detail.ts';

export interface ParkingFacts {
  /** Null where too many bays are unknown for a number. */
  readonly free: number | null;
  /** Bays that can be used: neither closed nor unknown. */
  readonly usable: number;
  /** Guidance level as judged by the server, the one that the sign on the road shows; null before the first count. */
  readonly guidance: Rating | null;
  /** Chargers free and in all; null where they do not report. */
  readonly charging: { readonly idle: number; readonly total: number; readonly fault: number } | null;
}

export function isParking(view: StationView): view is StationView & { readonly station: ParkingStation } {
  return view.station.kind === 'parking';
}

export function parkingFacts(view: StationView & { readonly station: ParkingStation }): ParkingFacts {
  const detail = view.assessment?.detail as ParkingDetail | undefined;
  const usable = detail?.count.open ?? view.station.capacity - view.station.closedBays;
  const free = detail?.reliable === true ? (view.assessment?.figure.value ?? null) : null;
  const { charging = null } = detail ?? {};
  return {
    free,
    usable,
    guidance: view.assessment?.rating ?? null,
    charging: charging === null ? null : { idle: charging.idle, total: charging.total, fault: charging.fault + charging.offline },
  };
}
