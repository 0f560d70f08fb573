import { HOUR_MS } from '../../time.ts';

/** What a charging bay last said. */
export interface ChargerReport {
  readonly at: number;
  readonly rev: number;
  readonly receivedAt: number;
  /** 1 charging, 0 not; null: the device marked a fault. */
  readonly charging: 0 | 1 | null;
}

/** Charging bays by state (compare ConnectorStatusInfo of T/CEC 102: 3 charging, 2 occupied not charging, 1 idle, 255 fault, 0 offline). */
export interface ChargingCount {
  readonly total: number;
  readonly charging: number;
  /** A vehicle stands there without charging. */
  readonly occupied: number;
  readonly idle: number;
  readonly fault: number;
  /** Never heard of, or silent for too long. */
  readonly offline: number;
}

/** Newest report of each charging bay; the order of arrival does not matter. */
export class Chargers {
  readonly #reports = new Map<string, ChargerReport>();

  accept(bay: string, report: ChargerReport): boolean {
    const held = this.#reports.get(bay);
    if (held !== undefined && !newer(report, held)) return false;
    this.#reports.set(bay, report);
    return true;
  }

  clear(): void {
    this.#reports.clear();
  }

  /** Counts the states at `now`; a bay silent for `unknownAfterHours` is offline. `total` is what the lot has. */
  count(total: number, now: number, unknownAfterHours: number, isOccupied: (bay: string) => boolean): ChargingCount {
    const from = now - unknownAfterHours * HOUR_MS;
    let charging = 0;
    let occupied = 0;
    let idle = 0;
    let fault = 0;
    for (const [bay, report] of this.#reports) {
      if (report.at <= from) continue;
      if (report.charging === null) fault += 1;
      else if (report.charging === 1) charging += 1;
      else if (isOccupied(bay)) occupied += 1;
      else idle += 1;
    }
    return { total, charging, occupied, idle, fault, offline: Math.max(0, total - charging - occupied - idle - fault) };
  }
}

function newer(next: ChargerReport, held: ChargerReport): boolean {
  if (next.at !== held.at) return next.at > held.at;
  if (next.rev !== held.rev) return next.rev > held.rev;
  if (next.receivedAt !== held.receivedAt) return next.receivedAt < held.receivedAt;
  return (next.charging ?? -1) > (held.charging ?? -1);
}
