import type { AlertView } from '@clearbay/contract/api.ts';

const REMEMBERED = 1000;

/** The last alerts announced, so that a client that was cut off hears of those it missed. */
export class AlertLog {
  private readonly recent: AlertView[] = [];
  private announced = 0;

  /** How many have been announced so far. */
  get mark(): number {
    return this.announced;
  }

  add(alert: AlertView): void {
    this.recent.push(alert);
    this.announced += 1;
    if (this.recent.length > REMEMBERED) this.recent.shift();
  }

  /** Announced after a mark, the last state of each; undefined where some are forgotten. */
  since(mark: number): readonly AlertView[] | undefined {
    const count = this.announced - mark;
    if (count > this.recent.length) return undefined;
    const last = new Map(this.recent.slice(this.recent.length - count).map((alert) => [alert.id, alert]));
    return [...last.values()];
  }
}
