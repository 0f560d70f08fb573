/** Beyond this the page's own clock counts as wrong and is said so, ms. */
export const CLOCK_SKEW_LIMIT_MS = 2000;

/** How many observations are remembered. */
const REMEMBERED = 20;

/** Server time by the page's clock. A message can only arrive late, so the largest offset seen lately is the nearest to the truth. */
export class ServerClock {
  private offsets: number[] = [];

  /** Takes the server's time in a message that arrived at `localNow`; a jump of either clock starts over. */
  observe(serverNow: number, localNow: number): void {
    const offset = serverNow - localNow;
    const known = this.offset;
    if (known !== undefined && Math.abs(offset - known) > CLOCK_SKEW_LIMIT_MS) this.offsets = [];
    this.offsets.push(offset);
    if (this.offsets.length > REMEMBERED) this.offsets.shift();
  }

  /** Server minus local, ms; undefined before the first message. */
  get offset(): number | undefined {
    return this.offsets.length === 0 ? undefined : Math.max(...this.offsets);
  }

  now(localNow: number): number {
    return localNow + (this.offset ?? 0);
  }
}
