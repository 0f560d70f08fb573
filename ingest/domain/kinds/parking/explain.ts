import { type Derivation, type DerivationInput, type DerivationStep, soFar } from '../../derivation.ts';
import type { ParkingStation } from '../../district.ts';
import { isExcluded, markFlags, qualityNames } from '../../quality.ts';
import type { Reading } from '../../reading.ts';
import { askedEdition } from '../../standards.ts';
import { localDate } from '../../time.ts';
import type { ParkingDetail } from './detail.ts';
import { guidanceEditions } from './edition-choice.ts';
import { LiveLot } from './live.ts';
import { PARKING_METRICS } from './metrics.ts';
import type { ParkingStandards } from './standards.ts';

function inputsOf(readings: readonly Reading[]): DerivationInput[] {
  return [...readings]
    .sort((a, b) => a.at - b.at)
    .flatMap((reading) =>
      PARKING_METRICS.flatMap(({ id, unit }): DerivationInput[] => {
        const value = reading.values[id];
        if (value === undefined) return [];
        const flags = (reading.quality?.[id] ?? 0) | markFlags(reading.marks?.[id]);
        const names = qualityNames(flags);
        const metric = reading.bay === undefined ? id : `${id} ${reading.bay}`;
        const input = { metric, at: reading.at, value, unit, flags: names };
        if (!isExcluded(flags)) return [input];
        return [{ ...input, excluded: { zh: `质量标记：${names.join('、')}`, en: `quality flags: ${names.join(', ')}` } }];
      }),
    );
}

function steps(detail: ParkingDetail, clause: string): DerivationStep[] {
  const { count, turnover, meanStay, drift } = detail;
  const found: DerivationStep[] = [
    {
      text: {
        zh: `空余 = 总数 ${count.capacity} − 停用 ${count.closed} − 占用 ${count.occupied} − 未知 ${count.unknown} = ${count.free}`,
        en: `free = capacity ${count.capacity} − closed ${count.closed} − occupied ${count.occupied} − unknown ${count.unknown} = ${count.free}`,
      },
      clause,
      values: { ...count },
    },
  ];
  if (drift.clamped !== 0) {
    found.push({
      text: {
        zh: `原始空余 ${count.rawFree} 超出范围，限制为 ${count.free}，记为漂移 ${drift.clamped}`,
        en: `the raw count ${count.rawFree} lies outside the lot, held at ${count.free}, recorded as drift ${drift.clamped}`,
      },
      clause,
      values: { rawFree: count.rawFree, clamped: drift.clamped },
    });
  }
  if (detail.occupancy !== null) {
    const percent = (detail.occupancy * 100).toFixed(1);
    found.push({
      text: {
        zh: `占用率 = ${count.occupied} / ${count.open} = ${percent} %`,
        en: `occupancy = ${count.occupied} / ${count.open} = ${percent} %`,
      },
      clause,
      values: { occupied: count.occupied, open: count.open },
    });
  }
  if (turnover.value !== null) {
    const value = turnover.value.toFixed(2);
    found.push({
      text: {
        zh: `周转率 = ${turnover.numerator} 辆 / ${turnover.denominator} 个泊位 = ${value}（24 小时）`,
        en: `turnover = ${turnover.numerator} vehicles / ${turnover.denominator} bays = ${value} (24 h)`,
      },
      clause,
      values: { vehicles: turnover.numerator, bays: turnover.denominator },
    });
  }
  if (meanStay.value !== null) {
    const minutes = (meanStay.value / 60_000).toFixed(0);
    found.push({
      text: {
        zh: `平均停车时长 ${minutes} 分钟（${meanStay.denominator} 次已结束停车）`,
        en: `mean stay ${minutes} min (${meanStay.denominator} finished stays)`,
      },
      clause,
      values: { stays: meanStay.denominator, totalMs: meanStay.numerator },
    });
  }
  return found;
}

/**
 * How a lot's free count and guidance at the end of a period came about, by the edition asked for or the one in force then. Turnover and mean
 * stay reach back 24 h. At `now` before the end the figure is so far and not judged; an edition that does not exist throws a RangeError.
 */
export function explainParking(
  station: ParkingStation,
  readings: readonly Reading[],
  period: { readonly start: number; readonly end: number },
  standards: ParkingStandards,
  now: number,
  asked?: string,
): Derivation {
  const end = Math.min(now, period.end);
  const until = readings.filter((reading) => reading.at <= end);
  const edition = guidanceEditions(standards, asked)(localDate(end));
  const lot = new LiveLot(station, askedEdition(asked) === undefined ? standards : { ...standards, guidance: [edition] });
  lot.rebuild(until);
  const assessment = lot.assess(end);
  const { rating, reason, detail } = assessment;
  const figure = {
    zh: `${station.name.zh}：${rating.text.zh}，${reason.zh}`,
    en: `${station.name.en}: ${rating.text.en}, ${reason.en}`,
  };
  return {
    figure: now < period.end ? soFar(figure) : figure,
    edition: edition.label,
    inputs: inputsOf(until),
    steps: [
      ...steps(detail, edition.clause),
      {
        text: { zh: `诱导等级：${rating.text.zh}`, en: `guidance: ${rating.text.en}` },
        clause: edition.clause,
        values: { guidance: detail.guidance, reliable: String(detail.reliable) },
      },
    ],
  };
}
