import { BulkRefused, type BulkView } from '@clearbay/contract/bulk.ts';
import type { AnswerStore } from '@clearbay/store/ports/intake.ts';

const REMEMBERED_MS = 24 * 3_600_000;
/** An answer names up to 10,000 rows and may have a megabyte. */
const LIMITS = { rows: 1000, bytes: 32 * 1024 * 1024 };

interface Answered {
  readonly at: number;
  /** Of the body. */
  readonly digest: string;
  readonly view: BulkView;
}

/**
 * Answers by sender and key for 24 hours, in the state store: they hold over restarts. A body whose work a crash cut short has no
 * answer yet and is taken again: rows with a time, or with boot and number, are then found to be duplicates.
 */
export class AnsweredKeys {
  private readonly store: AnswerStore;
  private readonly working = new Set<string>();

  constructor(store: AnswerStore) {
    this.store = store;
  }

  async find(key: string, now: number): Promise<Answered | undefined> {
    const found = await this.store.find(key);
    if (found === undefined || now - found.at >= REMEMBERED_MS) return undefined;
    return { at: found.at, digest: found.digest, view: JSON.parse(found.answer) as BulkView };
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

  async remember(key: string, { at, digest, view }: Answered): Promise<void> {
    try {
      await this.store.save({ key, at, digest, answer: JSON.stringify(view) }, { ...LIMITS, since: at - REMEMBERED_MS });
    } catch (cause) {
      const message = `all ${view.total} rows were worked on, but the answer cannot be kept for the key`;
      throw new BulkRefused('service.unavailable', message, cause);
    }
  }
}
