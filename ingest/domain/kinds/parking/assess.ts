import { type Assessment, NO_RATING, type Rating } from '../../assessment.ts';
import type { ParkingStation } from '../../district.ts';
import type { Origin } from '../../reading.ts';
import type { Text } from '../../text.ts';
import { HOUR_MS } from '../../time.ts';
import { BayRun } from './bay-run.ts';
import type { ChargingCount } from './charging.ts';
import { isReliable, occupancyOf } from './count.ts';
import type { ParkingDetail } from './detail.ts';
import { forecastFree, hourlyHistory } from './forecast.ts';
import type { GateRun } from './gate-run.ts';
import { stepOf } from './guidance.ts';
import { index } from './indices.ts';
import { type GuidanceCode, type GuidanceEdition, guidanceEdition, type ParkingStandards } from './standards.ts';

/** Rating of a guidance level, by the edition's words and colours; null, where the count cannot be relied on, is no rating. */
export function ratingOf(code: GuidanceCode | null, edition: GuidanceEdition): Rating {
  if (code === null) return { ...NO_RATING, text: { zh: '计数不可靠', en: 'count unreliable' } };
  const { rank, text, colour } = stepOf(code, edition);
  return { code, rank, text, colour, meets: code !== 'full' };
}

function reasonOf(detail: ParkingDetail, seen: boolean): Text {
  const { count } = detail;
  if (!seen) return { zh: '尚无数据', en: 'no data yet' };
  const base = { zh: `空余 ${count.free} / ${count.open}`, en: `${count.free} of ${count.open} free` };
  if (count.unknown === 0) return base;
  return { zh: `${base.zh}，${count.unknown} 个泊位状态未知`, en: `${base.en}, ${count.unknown} bays unknown` };
}

function indicesOf(
  run: BayRun | GateRun,
  openBays: number,
): Pick<ParkingDetail, 'turnover' | 'meanStay'> & { readonly vehicles: number; readonly clampings: number } {
  if (run instanceof BayRun) {
    return { turnover: run.stays.turnover(openBays), meanStay: run.stays.meanStay(), vehicles: 0, clampings: 0 };
  }
  const { left, drift, clampings } = run.day;
  // Gates do not know whose stay ended: no mean is claimed.
  return { turnover: index(left, openBays), meanStay: index(0, 0), vehicles: drift, clampings };
}

/** Judges a lot by its folded events. `now` only lets a pending guidance level become the level; counts are those of the newest event. */
export function assessLot(
  station: ParkingStation,
  run: BayRun | GateRun,
  charging: ChargingCount | null,
  origin: Origin,
  standards: ParkingStandards,
  now: number,
): Assessment<ParkingDetail> {
  const { at } = run;
  const edition = guidanceEdition(standards, at ?? now);
  const count = run.count();
  const reliable = at !== null && isReliable(count, edition.unknownHidesShare);
  const shown = reliable ? count.free : null;
  const guidance = at === null ? null : run.timeline.guidanceAt(at, now, shown, count.open, edition).code;
  const { vehicles, clampings, ...indices } = indicesOf(run, count.open);
  const clamped = count.rawFree - count.free;
  const detail: ParkingDetail = {
    counting: station.counting,
    count,
    reliable,
    occupancy: occupancyOf(count),
    guidance,
    ...indices,
    coveredHours: at === null || run.firstAt === null ? 0 : Math.min(24, (at - run.firstAt) / HOUR_MS),
    drift: {
      clamped,
      clampings,
      vehicles,
      reconciled: run instanceof BayRun ? null : run.reconciled,
      excessive: Math.max(vehicles, Math.abs(clamped)) > standards.counting.driftTolerance,
    },
    charging,
    forecast:
      at === null || !reliable
        ? []
        : forecastFree(
            at,
            count.free,
            count.open,
            [(then) => run.timeline.freeAt(then), hourlyHistory(standards.recordedFree?.[station.id])],
            standards.forecast,
          ),
    fullAlert: edition.fullAlert,
  };
  return {
    kind: 'parking',
    station: station.id,
    at,
    start: at ?? 0,
    end: at ?? 0,
    level: 'instant',
    edition: edition.label,
    origin,
    rating: at === null ? NO_RATING : ratingOf(guidance, edition),
    figure: { metric: 'free', value: at === null || count.open === 0 ? null : count.free, unit: '', decimals: 0 },
    reason: reasonOf(detail, at !== null),
    detail,
  };
}
