import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time.ts';
import { type GuidanceState, NO_GUIDANCE, observeFree, settleGuidance } from './guidance.ts';
import type { GuidanceEdition } from './standards.ts';

const GRID_MS = 5 * MINUTE_MS;
/** Back to the same weekday of the week before, and what is ahead of it there. */
const GRID_CELLS = (7 * DAY_MS + 2 * HOUR_MS) / GRID_MS;

/** A lot that said nothing for longer is down: what its count did meanwhile is not known, and no day to learn from. */
const SILENT_MS = 2 * HOUR_MS;

/** What a lot's count did over time: the damped guidance state, and the free count every five minutes of a week for the forecast. */
export class LotTimeline {
  #guidance: GuidanceState = NO_GUIDANCE;
  /** Free count at the end of each five minutes, the newest last; null where it was not reliable. */
  #grid: (number | null)[] = [];
  #gridEnd = Number.NaN;
  /** Counts from before the first event of this fold. */
  readonly #past: LotTimeline | undefined;

  constructor(past?: LotTimeline) {
    this.#past = past;
  }

  clone(): LotTimeline {
    const copy = new LotTimeline(this.#past);
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
      this.#grid.push(this.#gridEnd - at > SILENT_MS ? null : free);
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
    return cell >= 0 ? (this.#grid[cell] ?? null) : (this.#past?.freeAt(at) ?? null);
  }

  /** The counts alone, for a fold that starts over from later events: the readings of a whole week are not read again for a correction. */
  history(): LotTimeline | undefined {
    if (Number.isNaN(this.#gridEnd)) return this.#past;
    const copy = new LotTimeline();
    const from = this.#gridEnd - (GRID_CELLS - 1) * GRID_MS;
    copy.#gridEnd = this.#gridEnd;
    copy.#grid = Array.from({ length: GRID_CELLS }, (_, cell) => this.freeAt(from + cell * GRID_MS));
    return copy;
  }
}
