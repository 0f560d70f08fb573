/** Names that groups use and the file does not have yet: those of a group that could not be written go into the file with the next. */
export class UndeclaredNames<T> {
  #base: number;
  #names: T[] = [];

  /** `base`: how many names the file has. */
  constructor(base: number) {
    this.#base = base;
  }

  /** Number of the first of them. */
  get base(): number {
    return this.#base;
  }

  get names(): readonly T[] {
    return this.#names;
  }

  hear(names: readonly T[]): void {
    for (const name of names) this.#names.push(name);
  }

  /** They are in the file now. */
  declared(): void {
    if (this.#names.length === 0) return;
    this.#base += this.#names.length;
    this.#names = [];
  }
}
