/** What the broker counts; `$SYS/broker/…` says the same. */
export interface BrokerStats {
  readonly clients: number;
  readonly connections: number;
  readonly halfOpen: number;
  readonly sessions: number;
  /** Packets and bytes that arrived, and publishes that went to the gate. */
  readonly publishes: number;
  readonly bytes: number;
  readonly readings: number;
  /** Readings that wait for the disk. */
  readonly pending: number;
  /** Bytes of unfinished packets. */
  readonly heldBytes: number;
  readonly refused: Readonly<Record<string, number>>;
}
