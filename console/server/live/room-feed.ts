import type { LiveEvent, LiveFrame, Room } from '@clearbay/contract/live.ts';
import { FrameRing, type Missed, RING_LIMITS, type RingLimits } from './frame-ring.ts';
import { PendingFrame } from './pending-frame.ts';

/** At most four frames a second and room. */
const FRAME_INTERVAL_MS = 250;

export interface RoomFeedParts {
  readonly room: Room;
  readonly epoch: string;
  /** Sequence before the first frame. */
  readonly seq: number;
  /** Server time for frames, epoch ms. */
  readonly now: () => number;
  /** How many alerts have been announced so far. */
  readonly alertMark: () => number;
  readonly send: (frame: LiveFrame) => void;
  /** Too much came in for a frame: everyone in the room gets a snapshot. */
  readonly resync: () => void;
  readonly ring?: RingLimits;
}

/**
 * Turns the events of one room into frames. The first event after a quiet spell leaves with the same turn of the event loop,
 * so that a single reading is on the page at once; a busy room sends every 250 ms what changed meanwhile.
 * Changes are not compared with the last frame: someone who joined in between may have seen another state.
 */
export class RoomFeed {
  private readonly parts: RoomFeedParts;
  private readonly ring: FrameRing;
  private readonly pending = new PendingFrame();
  private sequence: number;
  private dirty = false;
  private soon: NodeJS.Immediate | undefined;
  private pause: NodeJS.Timeout | undefined;

  constructor(parts: RoomFeedParts) {
    this.parts = parts;
    this.sequence = parts.seq;
    this.ring = new FrameRing(parts.ring ?? RING_LIMITS, parts.seq, parts.alertMark(), parts.now());
  }

  get seq(): number {
    return this.sequence;
  }

  offer(event: LiveEvent): void {
    this.pending.add(event);
    this.dirty = true;
    // One turn of the event loop later everything that one batch of readings caused is together.
    if (this.soon === undefined && this.pause === undefined) this.soon = setImmediate(() => this.flush());
  }

  /** What a client at `seq` of `epoch` missed; undefined where only a snapshot helps. */
  missed(epoch: string, seq: number): Missed | undefined {
    return epoch === this.parts.epoch ? this.ring.after(seq) : undefined;
  }

  stop(): void {
    clearImmediate(this.soon);
    clearTimeout(this.pause);
  }

  private flush(): void {
    this.soon = undefined;
    this.pause = undefined;
    if (!this.dirty) return;
    this.dirty = false;
    this.pause = setTimeout(() => this.flush(), FRAME_INTERVAL_MS);
    this.sequence += 1;
    const { room, epoch, now, alertMark, send, resync } = this.parts;
    const body = this.pending.take();
    const at = now();
    if (body === 'flood') {
      this.ring.restart(this.sequence, alertMark(), at);
      resync();
      return;
    }
    const frame: LiveFrame = { room, epoch, seq: this.sequence, now: at, ...body };
    this.ring.add(frame, alertMark(), at);
    send(frame);
  }
}
