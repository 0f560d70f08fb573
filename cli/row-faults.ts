const MOST_TOLD = 1000;

/** Tells what is wrong with rows by line and reason, the first thousand one by one, the rest as a number. */
export class RowFaults {
  readonly #write: (text: string) => void;
  #count = 0;

  constructor(write: (text: string) => void = (text) => process.stderr.write(text)) {
    this.#write = write;
  }

  get count(): number {
    return this.#count;
  }

  tell(line: number, reason: string): void {
    this.#count += 1;
    // A cell may hold line breaks; a fault stays on its line.
    if (this.#count <= MOST_TOLD) this.#write(`line ${line}: ${reason.replace(/\s*[\r\n]\s*/g, ' ')}\n`);
  }

  close(): void {
    if (this.#count > MOST_TOLD) this.#write(`${this.#count - MOST_TOLD} more faults of rows are not listed\n`);
  }
}
