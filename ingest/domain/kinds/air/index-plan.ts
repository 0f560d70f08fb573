import type { ExactMean } from '../../exact.ts';
import { type IndexColumn, indexColumn, indexOfMean, isAbove, MISSING, UNRESOLVED } from './iaqi.ts';
import { type AboveRule, type AirEdition, type HourVariant, type IndexItem, POLLUTANTS } from './standard.ts';

interface PlanItem {
  /** Position in POLLUTANTS. */
  readonly pollutant: number;
  /** Position in `inputs`. */
  readonly input: number;
  readonly column: IndexColumn;
  readonly above?: { readonly rule: AboveRule; readonly insteadInput: number; readonly insteadColumn: IndexColumn };
}

/** The items of one report of one edition, prepared for speed. */
export interface IndexPlan {
  readonly edition: AirEdition;
  /** Names of the inputs; the values handed to `pollutantIndices` stand in this order. */
  readonly inputs: readonly string[];
  readonly items: readonly PlanItem[];
  readonly round: boolean;
  readonly strictMissing: boolean;
  readonly primaryAbove: number;
}

const prepared = new WeakMap<AirEdition, Map<string, IndexPlan>>();

/** Items of the hourly report; `variant` defaults to the edition's own, and falls back to it where the edition has no such list. */
export function hourPlan(edition: AirEdition, variant?: HourVariant): IndexPlan {
  const { items, defaultHourItems } = edition.index;
  const chosen = variant !== undefined && items.hour[variant] !== undefined ? variant : defaultHourItems;
  return planOf(edition, chosen, items.hour[chosen] ?? []);
}

/** Items of the daily report. */
export function dayPlan(edition: AirEdition): IndexPlan {
  return planOf(edition, 'day', edition.index.items.day);
}

function planOf(edition: AirEdition, name: string, items: readonly IndexItem[]): IndexPlan {
  let plans = prepared.get(edition);
  if (plans === undefined) {
    plans = new Map();
    prepared.set(edition, plans);
  }
  let plan = plans.get(name);
  if (plan === undefined) {
    plan = build(edition, items);
    plans.set(name, plan);
  }
  return plan;
}

function build(edition: AirEdition, items: readonly IndexItem[]): IndexPlan {
  const { index } = edition;
  const inputs: string[] = [];
  const slot = (input: string) => {
    if (!inputs.includes(input)) inputs.push(input);
    return inputs.indexOf(input);
  };
  const planned = items.map((item): PlanItem => {
    const decimals = index.decimals[item.pollutant];
    const columnOf = (name: IndexItem['column']) => indexColumn(index.columns[name], index.steps, decimals);
    const base = { pollutant: POLLUTANTS.indexOf(item.pollutant), input: slot(item.input), column: columnOf(item.column) };
    const rule = index.above[item.column];
    if (rule === undefined) return base;
    const instead = rule.instead;
    return {
      ...base,
      above: {
        rule,
        insteadInput: instead ? slot(instead.input) : -1,
        insteadColumn: instead ? columnOf(instead.column) : base.column,
      },
    };
  });
  return {
    edition,
    inputs,
    items: planned,
    round: index.roundBeforeIndex.value,
    strictMissing: index.missing.value === 'na-unless-over-100',
    primaryAbove: index.primaryAbove,
  };
}

/**
 * Writes the index of each of the six pollutants to `out` (MISSING where there is no valid value, UNRESOLVED where the
 * value that stands in above the table is not known). `values` are means in the order of `plan.inputs`.
 */
export function pollutantIndices(plan: IndexPlan, values: readonly (ExactMean | undefined)[], out: Int16Array): void {
  out.fill(MISSING);
  for (const item of plan.items) {
    const index = itemIndex(plan, item, values);
    const held = out[item.pollutant] ?? MISSING;
    if (index === UNRESOLVED || (held !== UNRESOLVED && index > held)) out[item.pollutant] = index;
  }
}

function itemIndex(plan: IndexPlan, item: PlanItem, values: readonly (ExactMean | undefined)[]): number {
  const mean = values[item.input];
  if (mean === undefined) return MISSING;
  const { above, column } = item;
  if (above === undefined || !isAbove(mean, above.rule.over, column.decimals, plan.round)) {
    return indexOfMean(column, mean, plan.round);
  }
  if (above.rule.index !== undefined) return above.rule.index;
  const instead = values[above.insteadInput];
  return instead === undefined ? UNRESOLVED : indexOfMean(above.insteadColumn, instead, plan.round);
}
