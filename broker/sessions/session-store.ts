import type { Readable } from 'node:stream';

/** A message as the MQTT library keeps it. */
export interface StoredPacket {
  readonly cmd: string;
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly dup?: boolean;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  messageId?: number;
}

export interface StoredWill extends StoredPacket {
  clientId?: string;
}

export interface StoredSubscription {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
}

export interface ClientRef {
  readonly id: string;
}

/** What the MQTT library asks of its persistence (aedes-persistence 11). */
export interface SessionStore {
  /** Whether a session that may be away asked for readings. */
  readonly keepsReadings?: boolean;
  setup(broker: unknown): Promise<void>;
  storeRetained(packet: StoredPacket): Promise<void>;
  createRetainedStreamCombi(filters: readonly string[]): Readable;
  addSubscriptions(client: ClientRef, subscriptions: readonly StoredSubscription[]): Promise<void>;
  removeSubscriptions(client: ClientRef, topics: readonly string[]): Promise<void>;
  subscriptionsByClient(client: ClientRef): Promise<StoredSubscription[]>;
  subscriptionsByTopic(topic: string): Promise<{ clientId: string; topic: string; qos: number }[]>;
  cleanSubscriptions(client: ClientRef): Promise<void>;
  outgoingEnqueue(subscription: { clientId: string }, packet: StoredPacket): Promise<void>;
  outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: StoredPacket): Promise<void>;
  outgoingUpdate(client: ClientRef, packet: StoredPacket): Promise<void>;
  outgoingClearMessageId(client: ClientRef, packet: StoredPacket): Promise<StoredPacket | undefined>;
  outgoingStream(client: ClientRef): Readable;
  incomingStorePacket(client: ClientRef, packet: StoredPacket): Promise<void>;
  incomingGetPacket(client: ClientRef, packet: StoredPacket): Promise<StoredPacket>;
  incomingDelPacket(client: ClientRef, packet: StoredPacket): Promise<void>;
  cleanIncoming(client: ClientRef): Promise<void>;
  putWill(client: ClientRef, will: StoredWill): Promise<void>;
  getWill(client: ClientRef): Promise<StoredWill | undefined>;
  delWill(client: ClientRef): Promise<StoredWill | undefined>;
  streamWill(brokers?: Record<string, unknown>): Readable;
  countOffline(): Promise<{ subsCount: number; clientsCount: number }>;
}
