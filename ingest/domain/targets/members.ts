import type { PlanTarget } from '../district.ts';
import type { Origin } from '../reading.ts';
import type { Text } from '../text.ts';
import { joinTexts, originText, planFields, separateOrigins, type TargetFigure, type Verdict } from './figure.ts';
import { CERTAIN_METHOD, openVerdict } from './good-days.ts';
import { allowedBad, certainVerdict, paceHolds, printShare, type RoundingRule, shareMargin } from './share.ts';

const PACE_METHOD: Text = { zh: '按本年至今的进度外推，不给出概率', en: 'this year’s pace carried on, no probability given' };
const NOTHING_METHOD: Text = { zh: '本年尚无已评价月份', en: 'no month judged this year yet' };

/** One ended month of one section or source. */
interface MemberMonth {
  /** YYYY-MM. */
  readonly month: string;
  /** Class III or better, or source compliance; null where it was not assessed. */
  readonly meets: boolean | null;
  readonly origin: Origin;
}

export interface MonthlyMember {
  readonly station: string;
  readonly name: Text;
  readonly months: readonly MemberMonth[];
}

interface ShareQuestion {
  readonly target: PlanTarget;
  readonly edition: string;
  readonly demonstration: boolean;
  readonly rounding?: RoundingRule;
}

export interface MonthlyQuestion extends ShareQuestion {
  readonly year: number;
  /** Local date; its month still runs and is not counted. */
  readonly today: string;
  readonly members: readonly MonthlyMember[];
}

function monthsEnded(year: number, today: string): number {
  const current = Number(today.slice(0, 4));
  if (current !== year) return current < year ? 0 : 12;
  return Number(today.slice(5, 7)) - 1;
}

/**
 * Share of section-months at Class III or better (or of source-months that comply), each month judged by its means.
 * Months that were not assessed count on neither side. Members without any month still have the rest of the year.
 */
export function monthlyShareTarget(question: MonthlyQuestion): TargetFigure {
  const { target, year, today, members, edition, demonstration } = question;
  const rule = question.rounding ?? 'unrounded';
  const ended = monthsEnded(year, today);
  const running = `${year}-${String(ended + 1).padStart(2, '0')}`;
  let leftOut = 0;
  const lines = members.map(({ station, name, months }) => {
    const inYear = months.filter(({ month }) => month.startsWith(`${year}-`) && (ended === 12 || month < running));
    const separated = separateOrigins(inYear, demonstration);
    leftOut += separated.leftOut;
    const assessed = separated.taken.filter(({ meets }) => meets !== null);
    return { station, name, of: assessed.length, met: assessed.filter(({ meets }) => meets === true).length };
  });
  const good = lines.reduce((sum, { met }) => sum + met, 0);
  const judged = lines.reduce((sum, { of }) => sum + of, 0);
  const tally = { good, bad: judged - good, remaining: members.length * (12 - ended) };
  const certain = judged === 0 ? null : certainVerdict(tally, target.value, rule);
  const verdict = certain ?? (judged === 0 ? 'no-data' : openVerdict(null, paceHolds(tally, target.value, rule)));
  const allowed = allowedBad(judged + tally.remaining, target.value, rule);
  const counts = {
    zh: `断面·月 ${good}/${judged} 达标（${printShare(good, judged)}），全年可不达标 ${allowed}，已用 ${tally.bad}，剩余 ${allowed - tally.bad}`,
    en: `${good} of ${judged} section-months comply (${printShare(good, judged)}); ${allowed} may miss in the year, ${tally.bad} used, ${allowed - tally.bad} left`,
  };
  return {
    ...planFields(target),
    unit: '',
    value: judged === 0 ? null : good / judged,
    margin: shareMargin(good, judged, target.value),
    verdict,
    verdictText: joinTexts(verdict === 'no-data' ? NOTHING_METHOD : counts, originText({ leftOut, simulated: demonstration })),
    probability: certain === null ? null : certain === 'secured' ? 1 : 0,
    method: certain === null ? (judged === 0 ? NOTHING_METHOD : PACE_METHOD) : CERTAIN_METHOD,
    edition,
    simulated: demonstration,
    otherEditions: [],
    members: lines.map(({ station, name, met, of }) => ({
      station,
      value: of === 0 ? null : met / of,
      meets: of === 0 ? null : met === of,
      text: {
        zh: `${name.zh}：${of} 个月中 ${met} 个月达标`,
        en: `${name.en}: ${met} of ${of} months comply`,
      },
    })),
  };
}

/** Measurements of one function zone in the year. */
export interface ZoneMember {
  readonly station: string;
  readonly name: Text;
  readonly origin: Origin;
  /** Measurements that meet the zone's class, and all that were assessed. */
  readonly met: number;
  readonly of: number;
  /** Measurements still to come in the year. */
  readonly remaining: number;
}

export interface ZoneQuestion extends ShareQuestion {
  readonly zones: readonly ZoneMember[];
  /** Share of measurements that a zone needs (SL 395-2007: 0.8; a setting of the water method, in per cent there). */
  readonly zoneShare: number;
}

interface ZoneState {
  readonly zone: ZoneMember;
  readonly certain: 'secured' | 'lost' | null;
  /** On what was measured so far; null without a measurement. */
  readonly complies: boolean | null;
}

/**
 * Share of function zones that comply, a zone by at least 80 % of its measurements. Secured where the zones that cannot
 * fail any more are enough, lost where those that have failed are too many.
 */
export function zoneShareTarget(question: ZoneQuestion): TargetFigure {
  const { target, zoneShare, edition, demonstration } = question;
  const rule = question.rounding ?? 'unrounded';
  const separated = separateOrigins(question.zones, demonstration);
  const states = separated.taken.map((zone): ZoneState => {
    const tally = { good: zone.met, bad: zone.of - zone.met, remaining: zone.remaining };
    const now = { ...tally, remaining: 0 };
    return {
      zone,
      certain: certainVerdict(tally, zoneShare, 'unrounded'),
      complies: zone.of === 0 ? null : certainVerdict(now, zoneShare, 'unrounded') === 'secured',
    };
  });
  const assessed = states.filter(({ complies }) => complies !== null);
  const complying = assessed.filter(({ complies }) => complies === true).length;
  const secured = states.filter(({ certain }) => certain === 'secured').length;
  const lost = states.filter(({ certain }) => certain === 'lost').length;
  const certain = certainVerdict({ good: secured, bad: lost, remaining: states.length - secured - lost }, target.value, rule);
  const open = certainVerdict({ good: complying, bad: assessed.length - complying, remaining: 0 }, target.value, rule);
  const verdict: Verdict = assessed.length === 0 ? 'no-data' : (certain ?? openVerdict(null, open === 'secured'));
  const isCertain = assessed.length > 0 && certain !== null;
  return {
    ...planFields(target),
    unit: '',
    value: assessed.length === 0 ? null : complying / assessed.length,
    margin: shareMargin(complying, assessed.length, target.value),
    verdict,
    verdictText: joinTexts(
      assessed.length === 0
        ? { zh: '尚无已评价功能区', en: 'no function zone judged yet' }
        : {
            zh: `${assessed.length} 个功能区中 ${complying} 个达标（${printShare(complying, assessed.length)}）`,
            en: `${complying} of ${assessed.length} function zones comply (${printShare(complying, assessed.length)})`,
          },
      originText(separated),
    ),
    probability: isCertain ? (certain === 'secured' ? 1 : 0) : null,
    method: isCertain ? CERTAIN_METHOD : assessed.length === 0 ? NOTHING_METHOD : PACE_METHOD,
    edition,
    simulated: separated.simulated,
    otherEditions: [],
    members: states.map(({ zone, complies }) => ({
      station: zone.station,
      value: zone.of === 0 ? null : zone.met / zone.of,
      meets: complies,
      text: {
        zh: `${zone.name.zh}：${zone.of} 次测定中 ${zone.met} 次达标（${printShare(zone.met, zone.of)}）`,
        en: `${zone.name.en}: ${zone.met} of ${zone.of} measurements comply (${printShare(zone.met, zone.of)})`,
      },
    })),
  };
}
