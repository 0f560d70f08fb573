import type { AlertLevel } from '@clearbay/domain/alerts/signal.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';
import type { Derivation } from '@clearbay/domain/derivation.ts';
import type { District, Station } from '@clearbay/domain/district.ts';
import type { MetricDescriptor, MetricMark } from '@clearbay/domain/kinds/kind.ts';
import type { BasinRating } from '@clearbay/domain/kinds/water/basin.ts';
import type { Rate } from '@clearbay/domain/kinds/water/compliance.ts';
import type { WaterTrend } from '@clearbay/domain/kinds/water/trend.ts';
import type { TargetFigure, Verdict } from '@clearbay/domain/targets/figure.ts';
import type { Text } from '@clearbay/domain/text.ts';

/** Age of a station's data in report periods: fresh <= 1.5, late <= 3, stale > 3; `never` before the first reading. */
export type Freshness = 'fresh' | 'late' | 'stale' | 'never';

export interface LatestView {
  readonly metric: string;
  readonly value: number;
  readonly at: number;
  readonly flags: number;
}

/** A station with what is known of it now. */
export interface StationView {
  readonly station: Station;
  readonly periodMs: number;
  readonly simulated: boolean;
  readonly freshness: Freshness;
  readonly lastAt: number | null;
  readonly assessment: Assessment | null;
  readonly latest: readonly LatestView[];
}

export type AlertCondition = 'firing' | 'recovering' | 'normal';

export interface AlertView {
  readonly id: string;
  readonly rule: string;
  readonly ruleLabel: Text;
  readonly kind: string;
  readonly station: string;
  readonly stationName: Text;
  readonly metric: string;
  readonly level: AlertLevel;
  readonly condition: AlertCondition;
  readonly text: Text;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly unit: string;
  /** Event times, epoch ms. */
  readonly openedAt: number;
  readonly changedAt: number;
  readonly closedAt: number | null;
  readonly simulated: boolean;
  /** Rises with every change; commands carry the version they saw. */
  readonly version: number;
  readonly history: readonly AlertStep[];
}

export interface AlertStep {
  readonly at: number;
  readonly change: 'opened' | 'raised' | 'lowered' | 'recovering' | 'refired' | 'cleared';
  readonly level: AlertLevel;
  readonly value: number | null;
  readonly text: Text;
}

export type { Verdict };

/** A target of the plan as it was judged, with the days of exceptional events behind its second figure. */
export interface TargetView extends TargetFigure {
  readonly withoutExceptional?: NonNullable<TargetFigure['withoutExceptional']> & {
    readonly days?: readonly { readonly date: string; readonly reason: Text }[];
  };
  /** Of the sections: the month rated river by river, and over all of them. */
  readonly basins?: readonly BasinView[];
  /** Of the sources: the month's compliance by number, and by volume where every source says how much it gives. */
  readonly sources?: { readonly month: string; readonly byNumber: Rate; readonly byVolume: Rate | null };
}

/** A river or the district's rivers together in one month (环办〔2011〕22号). */
export interface BasinView {
  /** YYYY-MM; the running one as far as it has gone. */
  readonly month: string;
  /** Null: all sections of the district. */
  readonly river: Text | null;
  readonly sections: readonly string[];
  readonly quality: { readonly code: string; readonly text: Text; readonly colour: string } | null;
  readonly method: BasinRating['method'];
  readonly shares: BasinRating['shares'];
  readonly mainPollutants: BasinRating['mainPollutants'];
  /** Class of the averaged items where the method averages. */
  readonly class: string | null;
  /** Against the month before; null where one of the two has no section. */
  readonly trend: WaterTrend | null;
}

export interface FreshnessView {
  readonly fresh: number;
  readonly late: number;
  readonly stale: number;
  readonly never: number;
  /** Readings accepted in the last 60 s. */
  readonly perMinute: number;
  readonly lastReceivedAt: number | null;
}

/** Long work under way: filling the year, an import. */
export interface ProgressView {
  readonly id: string;
  readonly label: Text;
  readonly done: number;
  readonly total: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

export interface OverviewView {
  /** Server time, epoch ms; the page counts ages from it, never from its own clock. */
  readonly now: number;
  readonly district: Pick<District, 'id' | 'name' | 'demonstration' | 'towns'>;
  readonly stations: readonly StationView[];
  /** District value of air: averaged concentrations first, then IAQI. */
  readonly air: Assessment | null;
  readonly targets: readonly TargetView[];
  readonly alerts: readonly AlertView[];
  readonly freshness: FreshnessView;
  readonly progress: readonly ProgressView[];
}

/** Everything the station page needs besides its series. */
export interface StationDetailView extends StationView {
  readonly now: number;
  readonly metrics: readonly MetricDescriptor[];
  readonly headline: readonly string[];
  /** Limits and lines by metric, of the edition in force today; metrics without any are absent. */
  readonly marks?: Readonly<Record<string, readonly MetricMark[]>>;
  readonly alerts: readonly AlertView[];
}

/** One cell of the year's calendar. */
export interface DayView {
  /** Local date in Asia/Shanghai, YYYY-MM-DD. */
  readonly date: string;
  readonly assessment: Assessment | null;
}

export interface SeriesView {
  readonly station: string;
  readonly metric: string;
  readonly unit: string;
  readonly resolution: 'raw' | 'hour' | 'day';
  readonly bucketMs: number;
  /** [at, mean, min, max, count, validCount, flags] each. */
  readonly points: readonly (readonly [number, number, number, number, number, number, number])[];
}

interface DerivationView {
  readonly derivation: Derivation;
  readonly sentences: { readonly zh: readonly string[]; readonly en: readonly string[] };
  /** Editions that may be asked for instead of the one in force on the data's date. */
  readonly editions: readonly { readonly id: string; readonly label: string }[];
}

export interface ExplanationView extends DerivationView {
  readonly station: string;
}

/** How the figure of the district or of a target of the plan came about. */
export interface FigureExplanationView extends DerivationView {
  /** Id of the district or target. */
  readonly of: string;
}

export interface SessionView {
  readonly user: string;
  readonly role: Role;
}

export type Role = 'viewer' | 'duty' | 'officer' | 'operator' | 'tester' | 'admin';

/** RFC 9457 problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  /** Number of the request, as in the server's log and the `X-Request-Id` header. */
  readonly instance?: string;
  readonly errors?: readonly { readonly path: string; readonly reason: string }[];
}

export interface HealthView {
  readonly live: boolean;
  readonly ready: boolean;
  readonly state: 'ok' | 'degraded' | 'down';
  readonly reasons: readonly string[];
  readonly version: string;
  readonly startedAt: number;
}

/** What was taken and what was refused, with reasons. */
export interface StatusView {
  readonly health: HealthView;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly duplicates: number;
  readonly conflicts: number;
  /** Conflicts that wait for a person's decision, of all times. */
  readonly openConflicts: number;
  /** Conflicts since the start that cannot be decided: their moment had too many of them. */
  readonly unkeptConflicts: number;
  readonly late: number;
  readonly ledger: { readonly lastSeq: number; readonly pending: number; readonly bytes: number; readonly writable: boolean };
  /** `setAside`: values kept beside the figures because they may not change them, and whole readings that cannot be written. */
  readonly series: { readonly state: string; readonly lag: number; readonly setAside: number; readonly cursor: number };
  readonly eventLoopDelayP99Ms: number;
  readonly clients: { readonly mqtt: number; readonly console: number };
}

export interface StationListView {
  readonly now: number;
  readonly stations: readonly StationView[];
}

export interface AssessmentListView {
  readonly now: number;
  readonly assessments: readonly Assessment[];
}

export interface TargetListView {
  readonly now: number;
  readonly targets: readonly TargetView[];
}

export interface DayListView {
  readonly station: string;
  readonly year: number;
  /** The edition asked for; null where each day is judged by the one in force on it. */
  readonly edition: string | null;
  readonly days: readonly DayView[];
}

/** A page of alerts, newest first. */
export interface AlertPageView {
  readonly alerts: readonly AlertView[];
  /** Pass it as `before` for the next page; null at the end. */
  readonly next: number | null;
}

/** A device as it stands: what its clock is like, and what it was last refused for. */
export interface DeviceView {
  readonly device: string;
  readonly stations: readonly string[];
  /** Null before its first live message. */
  readonly clock: {
    readonly state: 'right' | 'off' | 'ahead';
    /** Receive time minus event time, ms: median of the last 20 live messages; null before 20. */
    readonly offsetMs: number | null;
    /** Whole hours that it is wrong by (positive: behind): a time zone error; null otherwise. */
    readonly timeZoneHours: number | null;
  } | null;
  /** The last ones, newest last. */
  readonly refusals: readonly {
    readonly at: number;
    readonly reason: string;
    readonly subject: string;
    /** Beginning of the payload, printable. */
    readonly excerpt: string;
  }[];
}

export interface DeviceListView {
  readonly devices: readonly DeviceView[];
}

/** A page of the audit trail, newest first. */
export interface AuditPageView {
  readonly entries: readonly {
    readonly at: number;
    readonly user: string;
    readonly action: string;
    readonly subject: string;
    readonly detail: string;
  }[];
  readonly next: number | null;
}

/** A claim code, shown once to the operator who made it. */
export interface NewClaimView {
  readonly id: string;
  readonly code: string;
  readonly stations: readonly string[];
  readonly expiresAt: number;
}

/** Answer to the device that redeemed a code: it polls with the secret, shown once. */
export interface RedeemedView {
  readonly device: string;
  readonly secret: string;
}

/** What became of a redeemed claim; `password` comes once, with `collected`. */
export interface CollectedView {
  readonly device: string;
  readonly state: 'pending' | 'rejected' | 'collected';
  readonly password?: string;
  readonly stations?: readonly string[];
}

export interface ClaimView {
  readonly id: string;
  readonly state: 'open' | 'expired' | 'pending' | 'approved' | 'rejected' | 'collected';
  readonly stations: readonly string[];
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly device: string | null;
  readonly redeemedAt: number | null;
  readonly address: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
}

export interface ClaimListView {
  readonly claims: readonly ClaimView[];
}

/** A device's new password, shown once; the former one is taken until `formerUntil`. */
export interface RotatedView {
  readonly device: string;
  readonly password: string;
  readonly formerUntil: number;
}

export interface RevokedView {
  readonly device: string;
  /** Live connections that were ended. */
  readonly connections: number;
}

/** What waits for an operator: devices that redeemed a claim, and names that readings came with and nobody knows. */
export interface PendingView {
  readonly devices: readonly ClaimView[];
  readonly unknown: readonly {
    readonly kind: string;
    readonly station: string;
    readonly device: string;
    readonly metric?: string;
    readonly firstAt: number;
    readonly lastAt: number;
    readonly count: number;
  }[];
}

export interface ReviewView {
  readonly id: number;
  readonly station: string;
  readonly metric: string;
  /** Event times, both included. */
  readonly from: number;
  readonly to: number;
  readonly action: 'exclude' | 'restore';
  readonly person: string;
  readonly reason: string;
  readonly at: number;
  /** Readings whose quality it changed; null while it is being carried out. */
  readonly changed: number | null;
}

export interface ReviewPageView {
  readonly reviews: readonly ReviewView[];
  /** Pass it as `before` for the next page; null at the end. */
  readonly next: number | null;
}

/** What a reading says, and when it came. */
export interface ContentView {
  readonly values: Readonly<Record<string, number>>;
  readonly marks: Readonly<Record<string, string>>;
  readonly receivedAt: number;
  readonly rev: number;
}

/** A reading that came again with other content and waits for a decision. */
export interface ConflictView {
  readonly id: number;
  readonly station: string;
  readonly device: string;
  readonly bay: string | null;
  readonly at: number;
  /** What came second. */
  readonly offered: ContentView;
  /** What counts; null where the ledger has let it go. */
  readonly current: ContentView | null;
}

export interface ConflictPageView {
  readonly conflicts: readonly ConflictView[];
  /** Pass it as `before` for the next page; null at the end. */
  readonly next: number | null;
}

/** Why the figure of an ended day changed: data that came late, a device's correction, a person's review, an import. */
export type RestatementCause = 'late' | 'correction' | 'review' | 'import';

/** The figure given out for a day; `value` null and rating `none` where there is none. */
export interface DayFigureView {
  readonly metric: string;
  readonly value: number | null;
  readonly unit: string;
  readonly rating: string;
  readonly text: Text;
  readonly edition: string;
}

export interface RestatementView {
  readonly id: number;
  readonly station: string;
  /** Local date, YYYY-MM-DD. */
  readonly date: string;
  readonly at: number;
  readonly cause: RestatementCause;
  readonly person: string | null;
  readonly reason: string | null;
  readonly old: DayFigureView;
  readonly new: DayFigureView;
}

export interface RestatementPageView {
  readonly restatements: readonly RestatementView[];
  readonly next: number | null;
}

export interface ImportView {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly person: string;
  readonly order: {
    readonly kind: string;
    readonly columns: string;
    readonly station?: string;
    readonly map?: string;
    readonly device?: string;
    readonly historical: boolean;
  };
  readonly bytes: number;
  /** Bytes worked through. */
  readonly doneBytes: number;
  readonly rows: number;
  readonly counts: Readonly<Record<'stored' | 'duplicate' | 'conflict' | 'replaced' | 'refused', number>>;
  /** The first rows that were not taken, with their line where it is known. */
  readonly faults: readonly { readonly line: number | null; readonly reason: string }[];
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly error: string | null;
}

export interface ImportListView {
  readonly imports: readonly ImportView[];
}

/** A copy of the installation's files; `folder` is on the server's machine. */
export interface BackupView {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly error: string | null;
}
