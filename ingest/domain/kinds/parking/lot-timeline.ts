import { HOUR_MS, MINUTE_MS } from '../../time.ts';
import { type GuidanceState, NO_GUIDANCE, observeFree, settleGuidance } from './guidance.ts';
import type { GuidanceEdition } from './standards.ts';

const GRID_MS = 5 * MINUTE_MS;
const GRID_CELLS = (26 * HOUR_MS) / GRID_MS;

/** What a lot's count did over time: the damped guidance state, and the free count every five minutes for the forecast. */
export class LotTimeline {
  #guidance: GuidanceState = NO_GUIDANCE;
  /** Free count at the end of each five minutes, the newest last; null where it was not reliable. */
  #grid: (number | null)[] = [];
  #gridEnd = Number.NaN;

  clone(): LotTimeline {
    const copy = new LotTimeline();
    copy.#guidance = this.#guidance;
    copy.#grid = [...this.#grid];
    copy.#gridEnd = this.#gridEnd;
    return copy;
  }

  /** The count that held from `at` until `until`, when the next event came. `free` null: not reliable. */
  hold(at: number, until: number, free: number | null, open: number, edition: GuidanceEdition): void {
    this.#guidance = observeFree(this.#guidance, at, free, open, edition);
    if (Number.isNaN(this.#gridEnd)) this.#gridEnd = Math.ceil(at / GRID_MS) * GRID_MS - GRID_MS;
    const last = Math.ceil(until / GRID_MS) * GRID_MS - GRID_MS;
    if (last - this.#gridEnd > GRID_CELLS * GRID_MS) {
      this.#grid = [];
      this.#gridEnd = last - GRID_CELLS * GRID_MS;
    }
    while (this.#gridEnd < last) {
      this.#gridEnd += GRID_MS;
      this.#grid.push(free);
    }
    if (this.#grid.length > GRID_CELLS + 64) this.#grid.splice(0, this.#grid.length - GRID_CELLS);
  }

  /** Guidance at `now`, when the count given holds since `at`; changes nothing. */
  guidanceAt(at: number, now: number, free: number | null, open: number, edition: GuidanceEdition): GuidanceState {
    return settleGuidance(observeFree(this.#guidance, at, free, open, edition), Math.max(at, now), edition);
  }

  /** Free count at the last full five minutes before a past moment; null where not held. */
  freeAt(at: number): number | null {
    const cell = this.#grid.length - 1 - (this.#gridEnd - Math.floor(at / GRID_MS) * GRID_MS) / GRID_MS;
    return this.#grid[cell] ?? null;
  }
}
