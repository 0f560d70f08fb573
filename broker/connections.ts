import type { GuardedConnection } from './guard/guarded-connection.ts';
import { type RateLimits, RateMeter } from './guard/rate-meter.ts';
import { UserShare } from './user-share.ts';

export interface CrowdLimits extends RateLimits {
  readonly maxConnectionsPerUser: number;
  readonly maxHeldBytes: number;
  readonly maxHeldBytesPerUser: number;
}

/** All connections, and what each user has with its own. Where room ends, the largest holder makes it, never a newcomer. */
export class Connections {
  readonly #limits: CrowdLimits;
  readonly #all = new Set<GuardedConnection>();
  readonly #users = new Map<string, UserShare>();
  readonly #owners = new Map<GuardedConnection, UserShare>();
  #heldBytes = 0;

  constructor(limits: CrowdLimits) {
    this.#limits = limits;
  }

  /** Bytes of unfinished packets. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Every user that is or was lately here. */
  shares(): Iterable<UserShare> {
    return this.#users.values();
  }

  add(connection: GuardedConnection): void {
    this.#all.add(connection);
  }

  remove(connection: GuardedConnection): void {
    this.#all.delete(connection);
    this.#owners.get(connection)?.remove(connection);
    this.#owners.delete(connection);
  }

  /**
   * A connection has proved to be of this user. Over the cap the user's oldest one goes, so that a device with a new client id after
   * each loss of power always comes back; `replaced` holds the same client id and ends anyway.
   */
  identified(connection: GuardedConnection, user: string, replaced: GuardedConnection | undefined): UserShare {
    let share = this.#users.get(user);
    if (share === undefined) {
      share = new UserShare(new RateMeter(this.#limits, performance.now()));
      this.#users.set(user, share);
    }
    const others = share.connections.filter((other) => other !== replaced);
    if (others.length >= this.#limits.maxConnectionsPerUser) others[0]?.refuse('user-connections');
    this.#owners.set(connection, share);
    share.add(connection);
    if (share.heldBytes > this.#limits.maxHeldBytesPerUser) largest(share.connections)?.refuse('buffer-budget');
    return share;
  }

  /** Bytes that a connection holds of an unfinished packet changed. */
  held(connection: GuardedConnection, delta: number): void {
    this.#heldBytes += delta;
    const share = this.#owners.get(connection);
    if (share !== undefined) share.heldBytes += delta;
    if (delta <= 0) return;
    if (share !== undefined && share.heldBytes > this.#limits.maxHeldBytesPerUser) {
      largest(share.connections)?.refuse('buffer-budget');
    } else if (this.#heldBytes > this.#limits.maxHeldBytes) this.#evictLargest();
  }

  /** Of the user that holds most (or, before it said who it is, the address) the connection that holds most goes. */
  #evictLargest(): void {
    const groups = new Map<UserShare | string, { bytes: number; readonly connections: GuardedConnection[] }>();
    let most: { bytes: number; readonly connections: GuardedConnection[] } | undefined;
    for (const connection of this.#all) {
      if (connection.held === 0) continue;
      const holder = this.#owners.get(connection) ?? connection.address;
      const group = groups.get(holder) ?? { bytes: 0, connections: [] };
      groups.set(holder, group);
      group.bytes += connection.held;
      group.connections.push(connection);
      if (most === undefined || group.bytes > most.bytes) most = group;
    }
    largest(most?.connections ?? [])?.refuse('buffer-budget');
  }

  /** Ends connections that have died. `now` is monotonic, ms. */
  check(now: number): void {
    for (const connection of this.#all) connection.check(now);
  }

  /** Forgets users that are gone. */
  forgetIdle(): void {
    for (const [user, share] of this.#users) if (share.isIdle) this.#users.delete(user);
  }

  /** Ends every connection of a user; returns how many there were. */
  endOf(user: string): number {
    const connections = [...(this.#users.get(user)?.connections ?? [])];
    for (const connection of connections) connection.destroy();
    return connections.length;
  }

  end(): void {
    for (const connection of this.#all) connection.destroy();
  }
}

function largest(connections: readonly GuardedConnection[]): GuardedConnection | undefined {
  let found: GuardedConnection | undefined;
  for (const connection of connections) if (found === undefined || connection.held > found.held) found = connection;
  return found;
}
