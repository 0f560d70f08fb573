import type { AlertLevel } from '../../alerts/signal.ts';
import { NO_RATING, type Rating } from '../../assessment.ts';
import { parseDecimal } from '../../decimal-text.ts';
import { fromMicro, toMicro } from '../../exact.ts';
import type { Text } from '../../text.ts';
import type { StageCode, StageEdition } from './standards.ts';

/** Lines of a station, m above its datum. Any may be unknown: absent, null, or the -9999 of exchange files read through `knownLine`. */
export interface FloodLines {
  readonly fortification?: number | null;
  readonly warning?: number | null;
  readonly guaranteed?: number | null;
  readonly highestOnRecord?: number | null;
}

export type LineName = 'fortification' | 'warning' | 'guaranteed' | 'highestOnRecord';

export const LINE_TEXT: Readonly<Record<LineName, Text>> = {
  fortification: { zh: '设防水位', en: 'fortification level' },
  warning: { zh: '警戒水位', en: 'warning level' },
  guaranteed: { zh: '保证水位', en: 'guaranteed level' },
  highestOnRecord: { zh: '历史最高水位', en: 'highest level on record' },
};

const NAMES: readonly LineName[] = ['fortification', 'warning', 'guaranteed', 'highestOnRecord'];
const NOT_SET = -9999;

/** A line as an exchange file writes it: blank, not a number and -9999 are unknown. */
export function knownLine(raw: string | number | null | undefined): number | undefined {
  const value = typeof raw === 'string' ? parseDecimal(raw) : (raw ?? undefined);
  return value !== undefined && Number.isFinite(value) && value !== NOT_SET ? value : undefined;
}

export interface Stage {
  /** `none` where the lines do not allow a stage, `below-guaranteed` and `below-record` where the warning level is unknown. */
  readonly code: StageCode | 'none' | 'below-guaranteed' | 'below-record';
  readonly level: AlertLevel | null;
  readonly rating: Rating;
  /** Lines that are not known; with one above the stage, the stage is "at least". */
  readonly unknown: readonly LineName[];
  readonly atLeast: boolean;
  /** Why less can be said; null where everything is known. */
  readonly limits: Text | null;
}

function value(lines: FloodLines, name: LineName): number | undefined {
  return lines[name] ?? undefined;
}

/** Whether the known lines contradict each other: fortification ≤ warning ≤ guaranteed, and the record not below the warning level. */
export function linesDisordered(lines: FloodLines): boolean {
  const above = (lower: LineName, upper: LineName): boolean => {
    const low = value(lines, lower);
    const high = value(lines, upper);
    return low !== undefined && high !== undefined && low > high;
  };
  return (
    above('fortification', 'warning') ||
    above('fortification', 'guaranteed') ||
    above('warning', 'guaranteed') ||
    above('warning', 'highestOnRecord')
  );
}

/** Level at which "near the warning level" begins, m; undefined without a warning level. */
export function nearLine(lines: FloodLines, nearWarningM: number): number | undefined {
  const warning = value(lines, 'warning');
  return warning === undefined ? undefined : fromMicro(toMicro(warning) - toMicro(nearWarningM));
}

function unrated(code: Stage['code'], unknown: readonly LineName[], limits: Text, text: Text): Stage {
  const rating = code === 'none' ? { ...NO_RATING, text } : { ...NO_RATING, code, text };
  return { code, level: null, rating, unknown, atLeast: false, limits };
}

function belowKnownLine(lines: FloodLines, unknown: readonly LineName[]): Stage {
  const guaranteed = value(lines, 'guaranteed') !== undefined;
  const lowest: LineName = guaranteed ? 'guaranteed' : 'highestOnRecord';
  const text = { zh: `低于${LINE_TEXT[lowest].zh}`, en: `below the ${LINE_TEXT[lowest].en}` };
  const limits = {
    zh: '警戒水位未知，不能判断是否超警',
    en: 'the warning level is unknown: whether it is exceeded cannot be said',
  };
  return unrated(guaranteed ? 'below-guaranteed' : 'below-record', unknown, limits, text);
}

/**
 * Stage of a level (m) against the station's own lines (水情预警, SL 758): near the warning level blue, at or above it yellow,
 * at or above the guaranteed level orange, at or above the highest on record red; any condition is enough. Compared
 * exactly, on integers. Unknown lines narrow what is said: without the warning level only "below the guaranteed level"
 * can be, with an unknown higher line the stage is "at least". Lines that contradict each other allow no stage.
 */
export function stageOf(level: number, lines: FloodLines, edition: StageEdition, nearWarningM = edition.nearWarningM): Stage {
  const unknown = NAMES.filter((name) => name !== 'fortification' && value(lines, name) === undefined);
  const nothing = { zh: '无法判断', en: 'cannot be judged' };
  if (unknown.length === 3) return unrated('none', unknown, { zh: '特征水位未知', en: 'the lines are unknown' }, nothing);
  if (linesDisordered(lines)) {
    return unrated('none', unknown, { zh: '特征水位相互矛盾', en: 'the lines contradict each other' }, nothing);
  }
  const micro = toMicro(level);
  const reached = (line: number | undefined): boolean => line !== undefined && micro >= toMicro(line);
  const code: StageCode | undefined = reached(value(lines, 'highestOnRecord'))
    ? 'above-record'
    : reached(value(lines, 'guaranteed'))
      ? 'above-guaranteed'
      : reached(value(lines, 'warning'))
        ? 'above-warning'
        : reached(nearLine(lines, nearWarningM))
          ? 'near-warning'
          : value(lines, 'warning') !== undefined
            ? 'normal'
            : undefined;
  if (code === undefined) return belowKnownLine(lines, unknown);
  const step = edition.steps.find((each) => each.code === code);
  if (step === undefined) throw new RangeError(`edition ${edition.id} has no stage ${code}`);
  const higher: readonly LineName[] =
    code === 'above-guaranteed' ? ['highestOnRecord'] : code === 'above-warning' ? ['guaranteed', 'highestOnRecord'] : [];
  const open = higher.filter((name) => unknown.includes(name));
  const names = (language: 'zh' | 'en'): string =>
    open.map((name) => LINE_TEXT[name][language]).join(language === 'zh' ? '、' : ', ');
  return {
    code,
    level: step.level,
    rating: { code, rank: step.rank, text: step.text, colour: step.colour, meets: step.rank < 2 },
    unknown,
    atLeast: open.length > 0,
    limits:
      open.length === 0 ? null : { zh: `${names('zh')}未知，至少为此级`, en: `${names('en')} unknown: at least this stage` },
  };
}

export interface LineDistance {
  readonly line: LineName;
  /** m above the station's datum. */
  readonly height: number;
  /** m still to rise; 0 on the line, negative above it. */
  readonly distance: number;
  readonly reached: boolean;
}

/** Distance from a level to every known line, ascending as the lines are named. Exact to a millionth of a metre. */
export function distancesToLines(level: number, lines: FloodLines): LineDistance[] {
  return NAMES.flatMap((line) => {
    const height = value(lines, line);
    if (height === undefined) return [];
    const distance = fromMicro(toMicro(height) - toMicro(level));
    return [{ line, height, distance, reached: distance <= 0 }];
  });
}
