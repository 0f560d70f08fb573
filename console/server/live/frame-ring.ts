import type { LiveFrame } from '@clearbay/contract/live.ts';

export interface RingLimits {
  readonly frames: number;
  readonly ageMs: number;
  /** Values held in all; a changed station or target counts as several. Keeps a room of a thousand stations to some MB. */
  readonly values: number;
}

export const RING_LIMITS: RingLimits = { frames: 600, ageMs: 10 * 60_000, values: 50_000 };

/** What a changed station or target weighs against one value; an assessment with its detail is about that large. */
const CHANGE_WEIGHT = 10;

function weightOf({ values = [], stations = [], targets = [] }: LiveFrame): number {
  return 1 + values.length + CHANGE_WEIGHT * (stations.length + targets.length);
}

interface Place {
  readonly seq: number;
  /** Absent for the place where the ring begins: nothing was sent there. */
  readonly frame?: LiveFrame;
  /** How many alerts had been announced when it was sent. */
  readonly alertMark: number;
  readonly at: number;
  readonly weight: number;
}

export interface Missed {
  readonly frames: readonly LiveFrame[];
  /** Alerts announced after this mark may not have arrived. */
  readonly alertMark: number;
}

/** The last frames of a room, so that a client that was cut off gets just what it missed. Bounded in number, age and size. */
export class FrameRing {
  private readonly limits: RingLimits;
  private places: Place[];
  private weight = 0;

  constructor(limits: RingLimits, seq: number, alertMark: number, at: number) {
    this.limits = limits;
    this.places = [{ seq, alertMark, at, weight: 0 }];
  }

  add(frame: LiveFrame, alertMark: number, at: number): void {
    const weight = weightOf(frame);
    this.places.push({ seq: frame.seq, frame, alertMark, at, weight });
    this.weight += weight;
    const { frames, ageMs, values } = this.limits;
    let drop = 0;
    while (drop < this.places.length - 1) {
      const place = this.places[drop] as Place;
      const fits = this.places.length - drop <= frames && place.at >= at - ageMs && this.weight <= values;
      if (fits) break;
      this.weight -= place.weight;
      drop += 1;
    }
    if (drop > 0) this.places.splice(0, drop);
  }

  /** Frames after a sequence; undefined where they are gone or the sequence is not ours. */
  after(seq: number): Missed | undefined {
    const index = this.places.findIndex((place) => place.seq === seq);
    const place = this.places[index];
    if (place === undefined) return undefined;
    return { frames: this.places.slice(index + 1).flatMap(({ frame }) => frame ?? []), alertMark: place.alertMark };
  }

  /** Forgets everything up to a sequence: whoever was before it needs a snapshot. */
  restart(seq: number, alertMark: number, at: number): void {
    this.places = [{ seq, alertMark, at, weight: 0 }];
    this.weight = 0;
  }
}
