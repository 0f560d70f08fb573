import type { AlertLevel } from '../../alerts/signal.ts';
import type { Text } from '../../text.ts';
import type { MountainJudgement } from './mountain.ts';
import type { RainDay, RainGrade, RainSum } from './rain.ts';
import type { RiseRate, RiseSlope, TimeToLine } from './rise.ts';
import type { LineDistance, Stage } from './stages.ts';

/** A known line of the ladder with its distance (m) and the time to it (h) at the present rise. */
export interface LineOutlook extends LineDistance {
  /** Null where no slope can be given. */
  readonly time: TimeToLine | null;
}

/** What a rule of the kind sees: the level it asks for, and whether its clear condition holds. */
export interface Watch {
  readonly at: number;
  readonly level: AlertLevel | null;
  readonly clear: boolean;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly text: Text;
}

export interface FloodDetail {
  readonly datum: Text;
  /** Newest level that is not kept out, m; `suspect` where a check doubts it. */
  readonly level: { readonly value: number; readonly at: number; readonly suspect: boolean } | null;
  readonly stage: Stage['code'];
  /** What unknown lines leave open; null where nothing. */
  readonly limits: Text | null;
  /** Where "near the warning level" begins, m. */
  readonly nearWarning: number | null;
  readonly lines: readonly LineOutlook[];
  readonly rise: {
    readonly rates: readonly RiseRate[];
    readonly slope: RiseSlope | null;
    /** On a tidal station the slope is that of the residual above the fitted tide. */
    readonly basis: 'level' | 'residual';
  };
  readonly tide: { readonly predicted: number; readonly residual: number; readonly rmse: number } | null;
  readonly rain: {
    /** Event time of the newest rain report, at which every sum ends; null before the first. */
    readonly at: number | null;
    readonly sums: readonly RainSum[];
    readonly day: RainDay | null;
    readonly grade12: RainGrade | null;
    readonly grade24: RainGrade | null;
  };
  readonly mountain: MountainJudgement | null;
  /** Antecedent rain Pa that the soil state rests on, mm; null where it is not known or no site is judged here. */
  readonly antecedentMm: number | null;
  readonly flow: number | null;
  readonly voltage: number | null;
  readonly watch: {
    readonly level: Watch | null;
    readonly rise: Watch | null;
    readonly rain: Watch | null;
    readonly mountain: Watch | null;
  };
}
