/** A publish that waits for its answer. */
export abstract class Place {
  next: Place | undefined = undefined;
  isSettled = false;
  isCommitted = false;

  /** Called once, in the order of the publishes; false: it was not committed and nothing may be acknowledged. */
  abstract answer(isCommitted: boolean): void;
}

/**
 * Publishes of one client that wait for an answer. They are answered in the order they came, whatever order the answers
 * are known in: PUBACKs leave in the order of their PUBLISHes [MQTT-4.6.0-2].
 */
export class PublishOrder {
  #head: Place | undefined = undefined;
  #tail: Place | undefined = undefined;

  get isEmpty(): boolean {
    return this.#head === undefined;
  }

  enter(place: Place): void {
    if (this.#tail === undefined) this.#head = place;
    else this.#tail.next = place;
    this.#tail = place;
  }

  /** The outcome of a place is known. */
  settle(place: Place, isCommitted: boolean): void {
    place.isSettled = true;
    place.isCommitted = isCommitted;
    if (place === this.#head) this.#release();
  }

  #release(): void {
    let place = this.#head;
    while (place?.isSettled) {
      this.#head = place.next;
      if (this.#head === undefined) this.#tail = undefined;
      place.answer(place.isCommitted);
      place = this.#head;
    }
  }
}
