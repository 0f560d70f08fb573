import type { ConflictView, ContentView } from '@clearbay/contract/api.ts';
import { type ConflictOrder, type ConflictQuery, type Conflicts, IntakeRefused } from '@clearbay/contract/intake.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { type Ledger, OUTCOME, type RevisionCandidate } from '@clearbay/store/ports/ledger.ts';
import { type ReviewedSpans, reviewedQuality } from '../receive/quality/reviewed-spans.ts';

export interface ConflictDeskOptions {
  readonly ledger: Pick<Ledger, 'candidates' | 'dismiss'>;
  /** Reviews hold for content that becomes current as well. */
  readonly standing: ReviewedSpans;
  /** Current readings of a station in [from, to), by event time. */
  readonly stored: (station: string, from: number, to: number) => Promise<readonly Reading[]>;
  /** Commits corrections and wakes what follows the ledger; one OUTCOME byte a reading. */
  readonly commit: (corrections: readonly Reading[]) => Promise<Uint8Array>;
  /** Told of the reading that a person's decision changes, before it is committed. */
  readonly onCorrecting: (correction: Reading, order: ConflictOrder) => void;
  /** Judges the station's present anew. */
  readonly restart: (station: string) => Promise<void>;
}

/** A correction may come in between; the conflict is then looked at again. */
const ROUNDS = 5;

/**
 * Conflicts of readings and what people decide of them. An accepted content becomes a correction of the current one, with a higher
 * revision, so that everything that follows the ledger is recomputed on the usual way; the others of its moment are settled by it.
 */
export class ConflictDesk implements Conflicts {
  readonly #options: ConflictDeskOptions;

  constructor(options: ConflictDeskOptions) {
    this.#options = options;
  }

  async list(query: ConflictQuery): Promise<readonly ConflictView[]> {
    return (await this.#options.ledger.candidates(query)).map(viewOf);
  }

  async decide(order: ConflictOrder): Promise<ConflictView> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const candidate = await this.#open(order.id);
      const isDone =
        order.decision === 'accept' ? await this.#accept(candidate, order) : await this.#options.ledger.dismiss(order.id);
      if (isDone) return viewOf(candidate);
    }
    throw new IntakeRefused('service.unavailable', 'other corrections came in between; decide again');
  }

  async #open(id: number): Promise<RevisionCandidate> {
    const [found] = await this.#options.ledger.candidates({ before: id + 1, limit: 1 });
    if (found?.id !== id) throw new IntakeRefused('conflict.unknown', `there is no open conflict ${id}`);
    return found;
  }

  /** False where the current content changed in the meantime. */
  async #accept({ reading, current }: RevisionCandidate, order: ConflictOrder): Promise<boolean> {
    const { standing, commit, onCorrecting, restart } = this.#options;
    const { station, at, values } = reading;
    const before = current ?? (await this.#letGo(reading));
    const { quality: judged, ...rest } = reading;
    const quality = reviewedQuality(standing.of(station, at) ?? [], at, values, judged);
    const correction = { ...rest, ...(quality && { quality }), correction: true, rev: (before ?? reading).rev + 1 };
    onCorrecting(correction, order);
    const [outcome] = await commit([correction]).catch((cause) => {
      throw new IntakeRefused('service.unavailable', 'the correction cannot be stored now', cause);
    });
    if (outcome !== OUTCOME.replaced && outcome !== OUTCOME.stored) return false;
    await restart(station);
    return true;
  }

  /** The current reading where only the series store still has it. */
  async #letGo({ station, device, bay, at }: Reading): Promise<Reading | undefined> {
    const readings = await this.#options.stored(station, at, at + 1);
    return readings.find((known) => known.at === at && known.device === device && known.bay === bay);
  }
}

function contentOf({ values, marks, receivedAt, rev }: Reading): ContentView {
  return { values, marks: marks ?? {}, receivedAt, rev };
}

function viewOf({ id, reading, current }: RevisionCandidate): ConflictView {
  const { station, device, bay, at } = reading;
  const counting = current === undefined ? null : contentOf(current);
  return { id, station, device, bay: bay ?? null, at, offered: contentOf(reading), current: counting };
}
