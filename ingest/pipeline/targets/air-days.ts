import type { AirStation } from '@clearbay/domain/district.ts';
import { type DayJudgement, judgeDay } from '@clearbay/domain/kinds/air/day.ts';
import { judgeDistrictDay } from '@clearbay/domain/kinds/air/district.ts';
import { chooseEdition } from '@clearbay/domain/kinds/air/edition-choice.ts';
import { hourTable } from '@clearbay/domain/kinds/air/hour-table.ts';
import type { AirStandards } from '@clearbay/domain/kinds/air/standard.ts';
import { DAY_MS, dateOf, dayStart, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import type { RollupRow, SeriesStore } from '@clearbay/store/ports/series.ts';

/** Days judged in one go, so that other work gets its turn in between. */
const CHUNK_DAYS = 15;

export interface JudgedDistrictDay {
  readonly day: DayJudgement;
  readonly simulated: boolean;
}

export interface AirDaysOptions {
  /** Stations that count: in service and official. */
  readonly stations: readonly AirStation[];
  readonly standards: AirStandards;
  readonly series: Pick<SeriesStore, 'rollups'>;
}

/** Ended days of the district under several editions, kept until late or corrected data touch them. */
export class AirDays {
  readonly #options: AirDaysOptions;
  /** Edition (or `by-date`) to days by their start. A day that was looked at and has no data is kept as null. */
  readonly #judged = new Map<string, Map<number, JudgedDistrictDay | null>>();

  constructor(options: AirDaysOptions) {
    this.#options = options;
  }

  /** Forgets the days of hours in [from, to] (ends of hours); they are judged anew when asked for. */
  forget(from: number, to: number): void {
    for (const days of this.#judged.values()) {
      for (let start = dayStart(from); start <= dayStart(to); start += DAY_MS) days.delete(start);
    }
  }

  /** The district's days in [from, until) (local midnights) under each policy, oldest first; days without data are left out. */
  async days(
    policies: readonly string[],
    from: number,
    until: number,
  ): Promise<ReadonlyMap<string, readonly JudgedDistrictDay[]>> {
    const known = policies.map((policy) => this.#daysOf(policy));
    for (let start = from; start < until; start += CHUNK_DAYS * DAY_MS) {
      const end = Math.min(start + CHUNK_DAYS * DAY_MS, until);
      if (known.every((days) => isComplete(days, start, end))) continue;
      await this.#judge(policies, start, end);
    }
    return new Map(policies.map((policy) => [policy, collect(this.#daysOf(policy), from, until)]));
  }

  #daysOf(policy: string): Map<number, JudgedDistrictDay | null> {
    const known = this.#judged.get(policy) ?? new Map<number, JudgedDistrictDay | null>();
    this.#judged.set(policy, known);
    return known;
  }

  async #judge(policies: readonly string[], from: number, until: number): Promise<void> {
    const { stations, standards, series } = this.#options;
    const rows = await series.rollups({ level: 'hour', stations: stations.map(({ id }) => id), from, to: until + 1 });
    const byStation = Map.groupBy(rows, (row) => row.station);
    const simulated = new Set(rows.filter((row) => row.simulated).map((row) => dayStart(row.at)));
    for (const policy of policies) {
      const choose = chooseEdition(standards, policy);
      const days = this.#daysOf(policy);
      const minima = choose(dateOf(from)).validity;
      const tables = stations.map((station) => ({
        station,
        hours: dayHours(byStation.get(station.id) ?? []),
        table: hourTable(byStation.get(station.id) ?? [], { firstEnd: from + HOUR_MS, lastEnd: until }, minima),
      }));
      for (let start = from; start < until; start += DAY_MS) {
        const edition = choose(dateOf(start));
        const members = tables
          .filter(({ hours }) => hours.has(start))
          .map(({ station, table }) => judgeDay(table, start, edition, station));
        const day = judgeDistrictDay(members, edition);
        days.set(start, day === undefined ? null : { day, simulated: simulated.has(start) });
      }
    }
  }
}

/** Days on which a station has any valid hour. */
function dayHours(rows: readonly RollupRow[]): ReadonlySet<number> {
  return new Set(rows.filter((row) => row.validCount > 0).map((row) => dayStart(row.at)));
}

function isComplete(days: ReadonlyMap<number, unknown>, from: number, until: number): boolean {
  for (let start = from; start < until; start += DAY_MS) if (!days.has(start)) return false;
  return true;
}

function collect(days: ReadonlyMap<number, JudgedDistrictDay | null>, from: number, until: number): JudgedDistrictDay[] {
  const found: JudgedDistrictDay[] = [];
  for (let start = from; start < until; start += DAY_MS) {
    const day = days.get(start);
    if (day !== undefined && day !== null) found.push(day);
  }
  return found;
}

/** First and last moment of a calendar year's ended days, as seen from the start of the running day. */
export function endedSpan(year: number, runningDay: number): { readonly from: number; readonly until: number } {
  const from = startOfDate(`${year}-01-01`);
  return { from, until: Math.max(from, Math.min(startOfDate(`${year + 1}-01-01`), runningDay)) };
}
