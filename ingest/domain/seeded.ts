/** A seeded source of randomness for models: the same seed gives the same sequence on every machine. */
export class Seeded {
  #state: number;

  constructor(seed: number, salt = '') {
    let state = seed >>> 0;
    for (let index = 0; index < salt.length; index += 1) state = Math.imul(state ^ salt.charCodeAt(index), 0x01000193) >>> 0;
    this.#state = state;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Normal with mean 0 and deviation 1. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Poisson count of this mean; above 30 by the normal approximation. */
  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.next(); product > limit; product *= this.next()) count += 1;
    return count;
  }
}

/** Between two knots the variance of their blend dips; this restores a standard deviation of about 1. */
const BLEND_SCALE = 1.2;

/**
 * Something that wanders slowly, mean 0, standard deviation about 1, as a function of time alone: whoever asks for a moment
 * gets the same, whatever was asked before. So a model that starts today goes on where its history ended.
 */
export class SlowNoise {
  readonly #seed: number;
  readonly #salt: string;
  readonly #memoryMs: number;
  #knot = Number.NaN;
  #before = 0;
  #after = 0;

  constructor(seed: number, salt: string, memoryMs: number) {
    this.#seed = seed;
    this.#salt = salt;
    this.#memoryMs = memoryMs;
  }

  at(at: number): number {
    const place = at / this.#memoryMs;
    const knot = Math.floor(place);
    if (knot !== this.#knot) {
      this.#knot = knot;
      this.#before = this.#normalAt(knot);
      this.#after = this.#normalAt(knot + 1);
    }
    const part = place - knot;
    const blend = part * part * (3 - 2 * part);
    return BLEND_SCALE * (this.#before + (this.#after - this.#before) * blend);
  }

  #normalAt(knot: number): number {
    return new Seeded(this.#seed, `${this.#salt} ${knot}`).normal();
  }
}
