import type { BulkView } from '@clearbay/contract/bulk.ts';

const REMEMBERED_MS = 24 * 3_600_000;
const REMEMBERED = 1000;

interface Answered {
  readonly at: number;
  readonly digest: string;
  readonly view: BulkView;
}

/**
 * Answers by sender and key for 24 hours. Kept in memory: after a restart a repeat is taken again, and each of its rows
 * is found to be a duplicate by the ledger.
 */
export class AnsweredKeys {
  private readonly answered = new Map<string, Answered>();
  private readonly working = new Set<string>();

  find(key: string, now: number): Answered | undefined {
    const found = this.answered.get(key);
    return found !== undefined && now - found.at < REMEMBERED_MS ? found : undefined;
  }

  /** False where a request of this key is still being worked on. */
  begin(key: string): boolean {
    if (this.working.has(key)) return false;
    this.working.add(key);
    return true;
  }

  end(key: string): void {
    this.working.delete(key);
  }

  remember(key: string, answer: Answered): void {
    this.answered.delete(key);
    this.answered.set(key, answer);
    for (const oldest of this.answered.keys()) {
      if (this.answered.size <= REMEMBERED) return;
      this.answered.delete(oldest);
    }
  }
}
