/** What the receiver takes, and how much of it at a time. */
export interface ReceiverLimits {
  /** Oldest event time of live and of historical readings, ms back from now. */
  readonly maxAgeMs: number;
  readonly maxHistoricalAgeMs: number;
  /** Event times further ahead than this are refused, ms. */
  readonly maxAheadMs: number;
  /** How far the times of readings that bring none may run ahead of the clock, one ms a reading, ms. */
  readonly maxArrivalAheadMs: number;
  /** Readings that wait for the disk; above it nothing is taken and nothing acknowledged. */
  readonly maxPending: number;
  /** Live readings waiting for the disk above which rows sent in bulk stand back. */
  readonly calmPending: number;
}

export const RECEIVER_LIMITS: ReceiverLimits = {
  maxAgeMs: 7 * 86_400_000,
  maxHistoricalAgeMs: 10 * 366 * 86_400_000,
  maxAheadMs: 86_400_000,
  // As far as an event time may lie ahead and not count as one of the future.
  maxArrivalAheadMs: 5 * 60_000,
  maxPending: 500_000,
  calmPending: 2000,
};
