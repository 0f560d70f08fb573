import type {
  DeviceView,
  ExplanationView,
  FigureExplanationView,
  HealthView,
  PendingView,
  StatusView,
} from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { Backups, Conflicts, Imports, Provisioning, Reviews } from '@clearbay/contract/intake.ts';
import type { LiveFeed } from '@clearbay/contract/live.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import type { Accounts } from './accounts/accounts.ts';
import type { AuditTrail } from './accounts/audit-trail.ts';

/** A period of judging, epoch ms; END-labelled values belong to (start, end]. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** How figures came about; undefined where nothing was judged. An edition that does not exist is a RangeError that names those there are. */
interface Explanations {
  station(id: string, period: Period, edition?: string): Promise<ExplanationView | undefined>;
  /** The district's air; without a period the newest hour judged. */
  district(period: Period | undefined, edition?: string): Promise<FigureExplanationView | undefined>;
  target(id: string, edition?: string): Promise<FigureExplanationView | undefined>;
}

/** What the rest of the system gives to the routes. */
export interface ApiSources {
  readonly feed: LiveFeed;
  readonly series: SeriesStore;
  readonly state: StateStore;
  readonly explanations: Explanations;
  readonly status: () => StatusView;
  readonly health: () => HealthView;
  readonly clock: Clock;
}

export interface ApiServices extends ApiSources {
  readonly accounts: Accounts;
  readonly audit: AuditTrail;
}

/** What operators and officers do with intake. */
export interface IntakeDesk {
  readonly provisioning: Provisioning;
  /** What is known of a device's clock, and what it was last refused for. */
  readonly condition: (device: string) => Pick<DeviceView, 'clock' | 'refusals'>;
  /** Stations and metrics that readings came with and nobody knows. */
  readonly unknown: () => PendingView['unknown'];
  readonly reviews: Reviews;
  readonly conflicts: Conflicts;
  readonly imports: Imports;
  readonly backups: Backups;
}
