import type { Generated } from 'kysely';

interface ConditionTable {
  rule: string;
  station: string;
  metric: string;
  phase: 'pending' | 'firing' | 'recovering';
  level: number;
  since: number;
  watermark: number;
  easing_level: number | null;
  easing_since: number | null;
  alert_id: string | null;
}

/** `view` is the whole AlertView as JSON; the columns beside it are what queries and constraints need. */
interface AlertTable {
  id: string;
  rule: string;
  station: string;
  metric: string;
  opened_at: number;
  closed_at: number | null;
  version: number;
  view: string;
}

interface OutboxTable {
  id: Generated<number>;
  alert_id: string;
  version: number;
  payload: string;
}

interface UserTable {
  name: string;
  role: string;
  password_hash: string;
}

interface TokenTable {
  hash: string;
  role: string;
  user_name: string;
  created_at: number;
  expires_at: number | null;
}

interface DeviceTable {
  device: string;
  password_hash: string;
  /** JSON array of station ids. */
  stations: string;
  former_password_hash: string | null;
  former_until: number | null;
}

interface ClaimTable {
  id: string;
  code_hash: string;
  stations: string;
  created_by: string;
  created_at: number;
  expires_at: number;
  state: string;
  device: string | null;
  secret_hash: string | null;
  redeemed_at: number | null;
  address: string | null;
  decided_by: string | null;
  decided_at: number | null;
}

interface ReviewTable {
  id: Generated<number>;
  station: string;
  metric: string;
  from_at: number;
  to_at: number;
  action: string;
  person: string;
  reason: string;
  at: number;
  changed: number | null;
}

/** `figure` is a DayFigureView as JSON. */
interface PublishedDayTable {
  station: string;
  day: number;
  figure: string;
  at: number;
}

interface RestatementTable {
  id: Generated<number>;
  station: string;
  day: number;
  at: number;
  cause: string;
  person: string | null;
  reason: string | null;
  old_figure: string;
  new_figure: string;
}

/** `job` is the whole ImportRow as JSON. */
interface ImportTable {
  id: string;
  created_at: number;
  finished_at: number | null;
  job: string;
}

/** `bytes` is the length of `answer`. */
interface AnswerTable {
  key: string;
  at: number;
  digest: string;
  answer: string;
  bytes: number;
}

interface AuditTable {
  id: Generated<number>;
  at: number;
  user_name: string;
  action: string;
  subject: string;
  detail: string;
}

interface SettingTable {
  key: string;
  value: string;
}

/** The tables of the state store, the same in every database that carries it. */
export interface StateTables {
  condition: ConditionTable;
  alert: AlertTable;
  outbox: OutboxTable;
  account: UserTable;
  token: TokenTable;
  device: DeviceTable;
  claim: ClaimTable;
  review: ReviewTable;
  published_day: PublishedDayTable;
  restatement: RestatementTable;
  import_job: ImportTable;
  answer: AnswerTable;
  audit: AuditTable;
  setting: SettingTable;
}
