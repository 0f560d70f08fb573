import type { DerivationInput } from '@clearbay/domain/derivation.ts';
import type { PlanTarget, WaterBody, WaterStation } from '@clearbay/domain/district.ts';
import { roundMean } from '@clearbay/domain/exact.ts';
import { chooseEdition } from '@clearbay/domain/kinds/air/edition-choice.ts';
import type { AirStandards } from '@clearbay/domain/kinds/air/standard.ts';
import { sourceCompliance } from '@clearbay/domain/kinds/water/compliance.ts';
import { judgeMeans } from '@clearbay/domain/kinds/water/sample.ts';
import { type WaterEditions, type WaterStandards, waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import { editionById } from '@clearbay/domain/standards.ts';
import type { TargetEvidence } from '@clearbay/domain/targets/explain.ts';
import type { Text } from '@clearbay/domain/text.ts';
import { dateOf, startOfDate } from '@clearbay/domain/time.ts';
import { type AirDays, endedSpan } from './air-days.ts';
import type { TargetMoment } from './air-targets.ts';
import { meansOf, type StoredDays } from './water-targets.ts';

const BY_DATE = 'by-date';
const SIMULATED: Text = { zh: '模拟数据不与实测混用', en: 'simulated data never mix with measured data' };
const REAL: Text = { zh: '演示仅按模拟数据评价', en: 'a demonstration is judged on simulated data alone' };
const RUNNING: Text = { zh: '该月尚未结束', en: 'the month still runs' };

/** Why data of this kind take no part in the target; nothing where they do. */
function mixed(simulated: boolean, { demonstration }: TargetMoment): Pick<DerivationInput, 'excluded'> {
  if (simulated === demonstration) return {};
  return { excluded: simulated ? SIMULATED : REAL };
}

/** The district's ended days of the year behind an air target, under the edition asked for by id; listed days carry the flag `exceptional`. */
export async function airEvidence(
  target: PlanTarget,
  days: AirDays,
  standards: AirStandards,
  moment: TargetMoment,
  edition = BY_DATE,
): Promise<TargetEvidence> {
  // Refuses an edition that does not exist before any day is judged.
  chooseEdition(standards, edition);
  const { from, until } = endedSpan(moment.year, moment.runningDay);
  const judged = (await days.days([edition], from, until)).get(edition) ?? [];
  const listed = new Set(moment.exceptional.map(({ date }) => date));
  const mean = target.kind === 'pm25-mean';
  const inputs: DerivationInput[] = [];
  const notJudged: string[] = [];
  for (const { day, simulated } of judged) {
    const own = day.pollutants.pm25.mean;
    const value = mean ? (own === null ? null : roundMean(own, 6)) : day.aqi;
    const flags = listed.has(day.date) ? ['exceptional'] : [];
    if (value === null) notJudged.push(day.date);
    else {
      const named = mean ? { metric: 'pm25', unit: 'µg/m³' } : { metric: 'aqi', unit: '' };
      inputs.push({ ...named, at: day.start, value, flags, ...mixed(simulated, moment) });
    }
  }
  return { inputs, notJudged };
}

/** Printed label of an edition by id; undefined for the one in force. */
export function editionLabel(
  standards: { readonly air: AirStandards; readonly water: WaterStandards },
  edition: string | undefined,
): string | undefined {
  if (edition === undefined || edition === BY_DATE) return undefined;
  const found = editionById(standards.air.editions, edition) ?? editionById(standards.water.limits, edition);
  return found?.label ?? edition;
}

/** Class 1 to 6, or for a source whether it complies (1 or 0); null where nothing was assessed. */
function judgedValue(
  { kind }: PlanTarget,
  body: WaterBody,
  means: ReturnType<typeof meansOf>,
  editions: WaterEditions,
): number | null {
  if (kind !== 'water-sources') return judgeMeans(means, body, editions).classNo;
  const { complies } = sourceCompliance(means, body, editions);
  return complies === null ? null : Number(complies);
}

/**
 * The class (1 to 6) of each month of each section, of each day of each function zone, or whether each source complied in a month (1 or 0),
 * labelled by the START of the month or day.
 */
export function waterEvidence(
  target: PlanTarget,
  stations: readonly WaterStation[],
  days: ReadonlyMap<string, StoredDays>,
  standards: WaterStandards,
  moment: TargetMoment,
): TargetEvidence {
  const daily = target.kind === 'function-zones';
  const metric = target.kind === 'water-sources' ? 'complies' : 'class';
  const inputs: DerivationInput[] = [];
  const notJudged = new Set<string>();
  for (const { id, waterBody } of stations) {
    const spans = Map.groupBy(days.get(id) ?? [], ([date]) => (daily ? date : date.slice(0, 7)));
    for (const [span, dated] of spans) {
      const date = daily ? span : `${span}-01`;
      const rows = dated.flatMap(([, own]) => own);
      const value = judgedValue(target, waterBody, meansOf(rows), waterEditions(standards, date));
      if (value === null) {
        notJudged.add(`${id} ${span}`);
        continue;
      }
      const runs = !daily && dateOf(moment.runningDay).startsWith(span);
      const excluded = runs
        ? { excluded: RUNNING }
        : mixed(
            rows.some((row) => row.simulated),
            moment,
          );
      inputs.push({
        station: id,
        metric,
        at: startOfDate(date),
        value,
        unit: '',
        flags: [],
        ...excluded,
      });
    }
  }
  return { inputs: inputs.sort((left, right) => left.at - right.at), notJudged: [...notJudged].sort() };
}
