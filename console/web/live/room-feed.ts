import type { LiveFrame, LiveSnapshot } from '@clearbay/contract/live.ts';

/** How many frames that came too early are kept until the missing ones arrive. */
const HELD_FRAMES = 64;

export interface RoomCursor {
  readonly epoch: string;
  readonly seq: number;
}

/** What became of a frame: shown, ignored as known already, or a sign that frames are missing. */
export type FrameOutcome = 'applied' | 'ignored' | 'missing';

export interface RoomRules<View> {
  /** The view in a snapshot of this room; undefined where the snapshot carries none. */
  open(snapshot: LiveSnapshot): View | undefined;
  merge(view: View, frame: LiveFrame): View;
  /** Told of each frame once, in sequence. */
  applied?(frame: LiveFrame): void;
}

/**
 * State of one room, built from snapshots and frames in sequence.
 * Frames count once however often they arrive; early ones wait; a frame of another epoch calls for a new snapshot.
 */
export class RoomFeed<View> {
  view: View | undefined;
  cursor: RoomCursor | undefined;
  private readonly rules: RoomRules<View>;
  private readonly early = new Map<number, LiveFrame>();

  constructor(rules: RoomRules<View>) {
    this.rules = rules;
  }

  /** Replaces the state; an older snapshot of the same epoch changes nothing. */
  takeSnapshot(snapshot: LiveSnapshot): boolean {
    const sameEpoch = this.cursor?.epoch === snapshot.epoch;
    if (sameEpoch && this.cursor !== undefined && snapshot.seq < this.cursor.seq) return false;
    const view = this.rules.open(snapshot);
    if (view === undefined) return false;
    if (!sameEpoch) this.early.clear();
    this.view = view;
    this.cursor = { epoch: snapshot.epoch, seq: snapshot.seq };
    this.drainEarly();
    return true;
  }

  takeFrame(frame: LiveFrame): FrameOutcome {
    if (this.cursor === undefined || this.view === undefined) return 'missing';
    if (frame.epoch !== this.cursor.epoch) {
      this.cursor = undefined;
      this.early.clear();
      return 'missing';
    }
    if (frame.seq <= this.cursor.seq) return 'ignored';
    if (frame.seq > this.cursor.seq + 1) {
      if (this.early.size < HELD_FRAMES) this.early.set(frame.seq, frame);
      return 'missing';
    }
    this.apply(this.view, frame);
    this.drainEarly();
    return 'applied';
  }

  private apply(view: View, frame: LiveFrame): void {
    this.view = this.rules.merge(view, frame);
    this.cursor = { epoch: frame.epoch, seq: frame.seq };
    this.rules.applied?.(frame);
  }

  private drainEarly(): void {
    for (const seq of this.early.keys()) if (this.cursor !== undefined && seq <= this.cursor.seq) this.early.delete(seq);
    while (this.cursor !== undefined && this.view !== undefined) {
      const next = this.early.get(this.cursor.seq + 1);
      if (next === undefined) return;
      this.early.delete(next.seq);
      this.apply(this.view, next);
    }
  }
}
