import type { District } from '@clearbay/domain/district.ts';

/** What the simulator thread is started with. */
export interface SimulatorOrder {
  readonly district: District;
  readonly seed: number;
  readonly url: string;
  readonly passwords: Readonly<Record<string, string>>;
  /** Fill the year from here (epoch ms); null leaves history out. `saved` is how far an earlier fill came. */
  readonly history: { readonly from: number; readonly saved: string | undefined } | null;
}

/** What the thread tells. */
export type SimulatorNews =
  | { readonly type: 'running' }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'saved'; readonly state: string }
  | { readonly type: 'filled' }
  | { readonly type: 'failed'; readonly what: string };
