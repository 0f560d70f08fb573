import type { AlertView, DayView, SeriesView, TargetView } from '@clearbay/contract/api.ts';
import type { AlertLevel } from '@clearbay/domain/alerts/signal.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';
import { datesFrom } from '@clearbay/domain/targets/calendar.ts';
import { validityCountdown } from '@clearbay/domain/targets/validity.ts';
import { DAY_MS, dateOf, HOUR_MS, localDate, MINUTE_MS, startOfDate } from '@clearbay/domain/time.ts';
import { district, type FixtureStation } from './fixture-district.ts';

const CATEGORIES = [
  ['excellent', 0, '#00E400', '优', 'Excellent'],
  ['good', 1, '#FFFF00', '良', 'Good'],
  ['light', 2, '#FF7E00', '轻度污染', 'Lightly polluted'],
  ['moderate', 3, '#FF0000', '中度污染', 'Moderately polluted'],
] as const;

const BAD_DAYS = [
  ['2026-01-14', 118, ['pm25']],
  ['2026-02-03', 109, ['pm25']],
  ['2026-03-22', 126, ['pm10']],
  ['2026-05-17', 112, ['o3']],
  ['2026-06-02', 108, ['o3']],
  ['2026-09-11', 104, ['o3']],
  ['2026-09-27', 131, ['o3']],
  ['2026-10-19', 119, ['o3']],
] as const;

/** 327 days until 23 November, three of them not valid. */
const ELAPSED = 327;
const GAPS: readonly number[] = [40, 137, 234];
const VALIDITY = validityCountdown(
  datesFrom('2026-01-01', ELAPSED).filter((_, index) => !GAPS.includes(index)),
  2026,
  '2026-11-24',
  { yearDays: 324, monthDays: 27, februaryDays: 25 },
);
const yearOf = (value: (index: number) => number): (number | null)[] =>
  Array.from({ length: ELAPSED }, (_, index) => (GAPS.includes(index) ? null : value(index)));

/** Invented days of a year: the categories of a clean coastal town, or the present rating with a few worse days. */
export function fixtureDays(station: FixtureStation, year: number, now: number): DayView[] {
  const first = startOfDate(`${year}-01-01`);
  const present = station.assess(now);
  const days: DayView[] = [];
  for (let start = first; start < now && localDate(start).startsWith(String(year)); start += DAY_MS) {
    const index = Math.round((start - first) / DAY_MS);
    const date = dateOf(start);
    if (index % 97 === 40) days.push({ date, assessment: null });
    else
      days.push({
        date,
        assessment:
          station.kind.id === 'air'
            ? airDay(present, date, start, index)
            : { ...present, start, end: start + DAY_MS, level: 'day' },
      });
  }
  return days;
}

function airDay(present: Assessment, date: string, start: number, index: number): Assessment {
  const bad = BAD_DAYS.find(([badDate]) => badDate === date);
  const aqi = bad === undefined ? 28 + Math.round(24 * (1 + Math.sin(index / 6) * Math.cos(index / 23))) : bad[1];
  const [code, rank, colour, zh, en] = CATEGORIES[Math.min(3, Math.max(0, Math.ceil(aqi / 50) - 1))] ?? CATEGORIES[0];
  return {
    ...present,
    start,
    end: start + DAY_MS,
    level: 'day',
    rating: { code, rank, colour, text: { zh, en }, meets: aqi <= 100 },
    figure: { metric: 'aqi', value: aqi, unit: '', decimals: 0 },
    reason: bad === undefined ? { zh: '', en: '' } : { zh: `首要污染物 ${bad[2][0]}`, en: `primary pollutant ${bad[2][0]}` },
  };
}

/** History as the API gives it: raw up to a day, hours beyond, repeated backwards where the fixture has none. */
export function fixtureSeries(
  station: FixtureStation,
  query: { metric: string; from: number; to: number; resolution?: string },
): SeriesView {
  const unit = station.kind.metrics.find(({ id }) => id === query.metric)?.unit ?? '';
  const known = station.history.get(query.metric) ?? [];
  const raw = query.resolution === undefined && query.to - query.from <= 1.1 * DAY_MS;
  const base = { station: station.station.id, metric: query.metric, unit };
  const within = known.filter(([at]) => at >= query.from && at < query.to);
  if (raw)
    return { ...base, resolution: 'raw', bucketMs: 0, points: within.map(([at, value]) => [at, value, value, value, 1, 1, 0]) };
  const bucketMs = query.to - query.from > 40 * DAY_MS ? DAY_MS : HOUR_MS;
  const points: SeriesView['points'][number][] = [];
  for (let end = Math.ceil(query.from / bucketMs) * bucketMs; end < query.to; end += bucketMs) {
    const back = Math.max(0, Math.ceil((Date.now() - end) / DAY_MS) - 1) * DAY_MS;
    const bucket = known
      .filter(([at]) => at > end + back - Math.min(bucketMs, DAY_MS) && at <= end + back)
      .map(([, value]) => value);
    if (bucket.length === 0) continue;
    const wobble = 1 + 0.25 * Math.sin(end / (3 * DAY_MS));
    const values = bucket.map((value) => value * wobble);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    points.push([end, mean, Math.min(...values), Math.max(...values), values.length, values.length, 0]);
  }
  return { ...base, resolution: bucketMs === DAY_MS ? 'day' : 'hour', bucketMs, points };
}

export function fixtureTargets(stations: readonly FixtureStation[], now: number): TargetView[] {
  const water = stations.filter(({ kind }) => kind.id === 'water');
  const member = (station: FixtureStation) => {
    const { rating, reason } = station.assess(now);
    return {
      station: station.station.id,
      value: rating.meets === null ? null : rating.meets ? 1 : 0,
      meets: rating.meets,
      text: reason,
    };
  };
  const plain = {
    edition: 'GB 3838-2002',
    simulated: true,
    probability: null,
    otherEditions: [],
    method: { zh: '现状直接比较', en: 'present state compared' },
  };
  return district.targets.map((target): TargetView => {
    const base = {
      id: target.id,
      kind: target.kind,
      name: target.name,
      clause: target.clause,
      ...(target.note && { note: target.note }),
      target: target.value,
    };
    if (target.kind === 'good-air-days')
      return {
        ...base,
        unit: '%',
        value: 316 / 324,
        margin: 316 / 324 - 0.97,
        verdict: 'at-risk',
        verdictText: { zh: '还可超标 2 天，须留意秋季臭氧', en: '2 bad days left; watch autumn ozone' },
        probability: 0.81,
        method: { zh: '按近 5 年同期推算', en: 'from the same days of the last 5 years' },
        edition: 'GB 3095-2012 → GB 3095-2026 过渡期',
        simulated: true,
        budget: {
          allowed: 10,
          used: 8,
          left: 2,
          good: 316,
          valid: 324,
          invalid: 3,
          daysLeft: 38,
          badDays: BAD_DAYS.map(([date, aqi, primary]) => ({ date, aqi, primary: [...primary] })),
        },
        validity: VALIDITY,
        evidence: { first: '2026-01-01', values: yearOf((index) => 40 + ((index * 37) % 58)), unit: '', line: 100 },
        withoutExceptional: {
          value: 316 / 323,
          margin: 316 / 323 - 0.97,
          badDays: 7,
          days: [{ date: '2026-03-22', reason: { zh: '沙尘（演示）', en: 'sand and dust (demonstration)' } }],
        },
        otherEditions: [
          { edition: 'GB 3095-2012', value: 0.9784, verdict: 'on-track', badDays: 7 },
          { edition: 'GB 3095-2026 2031', value: 0.963, verdict: 'lost', badDays: 12 },
        ],
        members: stations
          .filter(({ kind }) => kind.id === 'air')
          .map((station, index) => ({
            station: station.station.id,
            value: 0.97 + (index % 4) * 0.004,
            meets: index % 4 > 0,
            text: { zh: '有效 324 天', en: '324 valid days' },
          })),
      };
    if (target.kind === 'pm25-mean')
      return {
        ...base,
        ...plain,
        unit: 'µg/m³',
        value: 20.4,
        margin: 1.6,
        verdict: 'on-track',
        verdictText: { zh: '余下时间均值须 ≤ 36.1', en: 'the rest may average 36.1' },
        probability: 0.96,
        edition: 'GB 3095-2026 过渡期',
        rest: { days: 38, mayAverage: 36.1 },
        validity: VALIDITY,
        evidence: { first: '2026-01-01', values: yearOf((index) => 12 + ((index * 17) % 160) / 10), unit: 'µg/m³', line: 22 },
        withoutExceptional: {
          value: 20.2,
          margin: 1.8,
          days: [{ date: '2026-03-22', reason: { zh: '沙尘（演示）', en: 'sand and dust (demonstration)' } }],
        },
        otherEditions: [
          { edition: 'GB 3095-2012', value: 20.4, verdict: 'on-track', limit: 35 },
          { edition: 'GB 3095-2026 final', value: 20.4, verdict: 'on-track', limit: 25 },
        ],
        members: [],
      };
    const members = water
      .filter(
        ({ station }) =>
          station.kind === 'water' &&
          (target.kind === 'water-sections' || station.role === (target.kind === 'water-sources' ? 'source' : 'function-zone')),
      )
      .map(member);
    const known = members.filter(({ meets }) => meets !== null);
    const value = known.length === 0 ? null : known.filter(({ meets }) => meets).length / known.length;
    const verdict = value === null ? 'no-data' : value >= target.value ? 'on-track' : 'at-risk';
    return {
      ...base,
      ...plain,
      unit: '%',
      value,
      margin: value === null ? null : value - target.value,
      verdict,
      verdictText: { zh: '按监测项目评价', en: 'on monitored items' },
      members,
    };
  });
}

interface AlertSeed {
  readonly level: AlertLevel;
  readonly station: string;
  readonly metric: string;
  readonly label: readonly [zh: string, en: string];
  readonly text: readonly [zh: string, en: string];
  readonly value: number | null;
  readonly threshold: number | null;
  readonly unit: string;
  readonly minutesAgo: number;
}

const ALERTS: readonly AlertSeed[] = [
  {
    level: 3,
    station: 'flood-huangtangxi',
    metric: 'level',
    label: ['涨速', 'Rise rate'],
    text: ['水位涨速过快', 'water rises too fast'],
    value: 0.31,
    threshold: 0.3,
    unit: 'm/h',
    minutesAgo: 3,
  },
  {
    level: 4,
    station: 'air-dongyuan',
    metric: 'aqi',
    label: ['空气质量', 'Air quality'],
    text: ['AQI 达到轻度污染', 'AQI lightly polluted'],
    value: 104,
    threshold: 100,
    unit: '',
    minutesAgo: 18,
  },
  {
    level: 4,
    station: 'park-station',
    metric: 'data',
    label: ['测站静默', 'Station silent'],
    text: ['心跳丢失', 'no report'],
    value: null,
    threshold: null,
    unit: '',
    minutesAgo: 12,
  },
  {
    level: 3,
    station: 'water-canal',
    metric: 'class',
    label: ['水质类别', 'Water class'],
    text: ['水质劣于 Ⅲ 类：氨氮', 'worse than class III: ammonia nitrogen'],
    value: 1.32,
    threshold: 1,
    unit: 'mg/L',
    minutesAgo: 190,
  },
];

/** Invented alerts: a few open ones, or closed ones of the last days. */
export function fixtureAlerts(now: number, closed: boolean): AlertView[] {
  return (closed ? [...ALERTS, ...ALERTS] : ALERTS).map((seed, index) => {
    const openedAt = now - seed.minutesAgo * MINUTE_MS - (closed ? (index + 1) * 9 * HOUR_MS : 0);
    const closedAt = closed ? openedAt + 47 * MINUTE_MS : null;
    const station = district.stations.find(({ id }) => id === seed.station);
    const text = { zh: seed.text[0], en: seed.text[1] };
    const step = { level: seed.level, value: seed.value, text };
    return {
      id: `${closed ? 'closed' : 'open'}-${index}`,
      rule: seed.label[1],
      ruleLabel: { zh: seed.label[0], en: seed.label[1] },
      kind: station?.kind ?? 'air',
      station: seed.station,
      stationName: station?.name ?? { zh: seed.station, en: seed.station },
      metric: seed.metric,
      level: seed.level,
      condition: closed ? 'normal' : 'firing',
      text,
      value: seed.value,
      threshold: seed.threshold,
      unit: seed.unit,
      openedAt,
      changedAt: openedAt,
      closedAt,
      simulated: true,
      version: 1,
      history: [
        { ...step, at: openedAt, change: 'opened' },
        ...(closedAt === null ? [] : [{ ...step, at: closedAt, change: 'cleared' as const }]),
      ],
    };
  });
}
