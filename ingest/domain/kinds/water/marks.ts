import type { WaterStation } from '../../district.ts';
import { askedEdition } from '../../standards.ts';
import type { MetricMark } from '../kind.ts';
import { type ClassNo, classCode, type WaterStandards, waterEditions } from './standard.ts';

const CLASS_III = 3;
const NUMERALS = ['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ', 'Ⅴ'] as const;

/**
 * Limits of GB 3838 table 1 for class III and, where it is another, for the class that the station must meet, in the edition asked
 * for or the one in force on a local date. pH has its band; what has no limit for the station's water body has no mark.
 */
export function waterMarks(
  station: WaterStation,
  metric: string,
  standards: WaterStandards,
  date: string,
  asked?: string,
): MetricMark[] {
  const { limits } = waterEditions(standards, date, askedEdition(asked));
  const entry = limits.table1.find((each) => each.metric === metric);
  if (entry === undefined) return [];
  const edition = limits.label;
  if (entry.band !== null) {
    const [low, high] = entry.band;
    const label = { zh: '标准范围', en: 'permitted range' };
    return [
      { value: high, label, side: 'at-most', edition },
      { value: low, label, side: 'at-least', edition },
    ];
  }
  const side = entry.rule === 'at-least' ? 'at-least' : 'at-most';
  const classes = new Set<ClassNo>([CLASS_III, station.targetClass]);
  return [...classes].flatMap((classNo) => {
    const value = entry[station.waterBody]?.[classNo - 1];
    const label = { zh: `${NUMERALS[classNo - 1]} 类限值`, en: `class ${classCode(classNo)} limit` };
    return value === undefined ? [] : [{ value, label, side, edition }];
  });
}
