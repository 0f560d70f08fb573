/** One publish on `readings/<kind>/<station>/<device>` as the broker hands it over. */
export interface IncomingReadings {
  readonly kind: string;
  readonly station: string;
  readonly device: string;
  readonly payload: Buffer;
  readonly receivedAt: number;
}

/** The one door of readings. The broker calls it inside `authorizePublish` and sends the PUBACK from `done`. */
export interface ReadingGate {
  /**
   * Takes a publish. `done(true)`: committed, or refused and counted (a bad payload is acknowledged, else the device repeats it for ever).
   * `done(false)`: the disk refuses; no PUBACK may leave. Never throws; never calls `done` synchronously.
   */
  take(incoming: IncomingReadings, done: (acknowledge: boolean) => void): void;
}

/** The way back out to MQTT. */
export interface MqttPublisher {
  publish(topic: string, payload: string, options: { readonly retain: boolean; readonly qos: 0 | 1 }): Promise<void>;
}

/** A device as the broker sees it connect. */
export interface DeviceCredential {
  readonly device: string;
  /** Salted SHA-256 of a password that the system made, or argon2id in PHC form of one that people chose. */
  readonly passwordHash: string;
  /** After a rotation: the hash before it, still taken until `formerUntil` (epoch ms). A `CredentialSource` leaves it out after that. */
  readonly formerPasswordHash?: string;
  readonly formerUntil?: number;
  readonly stations: readonly string[];
}

/** Who may connect; backed by config and the state store. */
export interface CredentialSource {
  find(userName: string): DeviceCredential | undefined;
}
