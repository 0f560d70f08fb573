import type { AlertLevel } from '../../alerts/signal.ts';
import type { ChargingCount } from './charging.ts';
import type { LotCount } from './count.ts';
import type { FreeForecast } from './forecast.ts';
import type { Index } from './indices.ts';
import type { GuidanceCode } from './standards.ts';

export interface ParkingDetail {
  readonly counting: 'bays' | 'counter';
  readonly count: LotCount;
  /** Few enough bays are unknown for a number on the road. */
  readonly reliable: boolean;
  /** 0 to 1; null without an open bay. */
  readonly occupancy: number | null;
  /** Damped level of the sign; null where no reliable count came yet. */
  readonly guidance: GuidanceCode | null;
  /** Finished stays of the last 24 h by open bays; for gate lots vehicles that left. */
  readonly turnover: Index;
  /** Mean of finished stays of the last 24 h with a known beginning, ms; value null for gate lots. */
  readonly meanStay: Index;
  /** Hours of the last 24 that the record covers: turnover of a shorter record is that of those hours. */
  readonly coveredHours: number;
  readonly drift: {
    /** `rawFree` − `free` now: what had to be clamped. */
    readonly clamped: number;
    /** Reports of the last 24 h that had to be clamped. */
    readonly clampings: number;
    /** Vehicles of the last 24 h by which gate counts and their entries and exits disagree, added up without sign. */
    readonly vehicles: number;
    /** The last nightly reconciliation and the vehicles it added to the occupied count; null for none. */
    readonly reconciled: { readonly at: number; readonly shift: number } | null;
    /** Beyond the tolerance: somebody should look. */
    readonly excessive: boolean;
  };
  readonly charging: ChargingCount | null;
  /** Empty where the count is not reliable. */
  readonly forecast: readonly FreeForecast[];
  readonly fullAlert: AlertLevel;
}
