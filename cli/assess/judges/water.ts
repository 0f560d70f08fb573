import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import type { UnusableCell } from '@clearbay/contract/columns.ts';
import type { WaterBody } from '@clearbay/domain/district.ts';
import { waterKind } from '@clearbay/domain/kinds/water/kind.ts';
import {
  assessSample,
  isMeasured,
  isUndetectedWithoutLimit,
  itemList,
  parseSampleValue,
  type SampleValue,
} from '@clearbay/domain/kinds/water/sample.ts';
import { waterBodyOf } from '@clearbay/domain/kinds/water/standard.ts';
import { localDate } from '@clearbay/domain/time.ts';
import { namedMapping } from '../../named-mapping.ts';
import { namedEdition } from '../editions.ts';
import { type JudgeOptions, oneOf, type RowJudge, type RowResult } from '../judge.ts';
import { LEVELS, lastDayOf } from '../levels.ts';
import { RowMappers } from '../row-mappers.ts';
import type { InputRow } from '../rows.ts';

const COLUMNS = ['class', 'class_no', 'deciding', 'main_pollutants', 'items_assessed', 'water_body', 'edition'];
const OWN_BODY = 'water_body';
const BODIES: ReadonlyMap<string, WaterBody> = new Map([
  ['river', 'river'],
  ['河流', 'river'],
  ['lake', 'lake'],
  ['reservoir', 'lake'],
  ['湖库', 'lake'],
  ['湖、库', 'lake'],
  ['湖泊', 'lake'],
  ['水库', 'lake'],
]);

const bodyNamed = (name: string): WaterBody | undefined => BODIES.get(name.trim().toLowerCase());

function sampleCell(cell: string | number, factor: number, metric: string): SampleValue | UnusableCell | undefined {
  const value = typeof cell === 'number' ? cell : parseSampleValue(cell);
  if (value === undefined) {
    return isUndetectedWithoutLimit(String(cell)) ? { unusable: 'names no detection limit' } : undefined;
  }
  if (!isMeasured(metric, typeof value === 'number' ? value : value.below)) return { unusable: 'cannot have been measured' };
  if (factor === 1) return value;
  return typeof value === 'number' ? value * factor : { below: value.below * factor };
}

/** Rows of samples or of period means of surface water; below detection is `<0.02` or `0.02L`. */
export function waterJudge(options: JudgeOptions): RowJudge {
  const level = oneOf('Level', options.level, LEVELS);
  const general = bodyNamed(options.waterBody) ?? oneOf('Water body', options.waterBody, ['river', 'lake']);
  const standards = loadWaterStandards();
  const asked = namedEdition(standards.limits, options.edition);
  const mapping = namedMapping(
    options.columns,
    'water',
    waterKind.metrics.map((metric) => metric.id),
  );
  const rows = new RowMappers(mapping, sampleCell, level, options.tell);
  const byPerson = options.lakes?.split(',').map((name) => name.trim()) ?? [];
  const byMethod = standards.methods.flatMap(({ settings }) => settings.lakeSections);
  const lakes = { lakeSections: [...byPerson, ...(mapping.lakeSections ?? []), ...byMethod] };

  /** What the row says itself; undefined where it says nothing that is known. */
  function ownBody({ line, header, cells }: InputRow): WaterBody | undefined {
    const cell = cells[header.indexOf(OWN_BODY)] ?? '';
    if (cell === '') return undefined;
    const body = bodyNamed(String(cell));
    if (body === undefined)
      options.tell(line, `"${String(cell).slice(0, 40)}" in ${OWN_BODY} is neither a river nor a lake; taken as missing`);
    return body;
  }

  return {
    columns: COLUMNS,
    judge(row): RowResult {
      const mapped = rows.map(row);
      if ('fault' in mapped) return mapped;
      const waterBody = ownBody(row) ?? (waterBodyOf(mapped.station, lakes) === 'lake' ? 'lake' : general);
      const date = lastDayOf(level, mapped.at === null ? options.today : localDate(mapped.at));
      const edition = asked === undefined ? {} : { edition: asked.id };
      const result = assessSample(mapped.values, { waterBody, standards, date, ...edition });
      return [
        result.class ?? 'NA',
        result.classNo ?? 'NA',
        itemList(result.deciding),
        itemList(result.mainPollutants),
        result.itemsAssessed.join(';'),
        waterBody,
        result.edition,
      ];
    },
  };
}
