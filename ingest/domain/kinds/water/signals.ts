import type { AlertLevel, Signal, SignalRule } from '../../alerts/signal.ts';
import type { Assessment } from '../../assessment.ts';
import type { WaterStation } from '../../district.ts';
import { MINUTE_MS } from '../../time.ts';
import type { WaterDetail } from './detail.ts';
import { itemsText, scopeText } from './rating.ts';
import { type ClassNo, classCode } from './standard.ts';

/** Two samples must agree; with samples every four hours the second one is the next round. */
export const waterRules: readonly SignalRule[] = [
  {
    id: 'water-class',
    label: { zh: '水质类别超目标', en: 'Water class worse than its target' },
    forMs: 10 * MINUTE_MS,
    clearForMs: 30 * MINUTE_MS,
  },
];

/** One class worse than the target is level III, two II, three and more I. */
function levelOf(classNo: number, targetClass: number): AlertLevel | null {
  const worse = classNo - targetClass;
  if (worse <= 0) return null;
  return worse === 1 ? 3 : worse === 2 ? 2 : 1;
}

/** Conditions of a water assessment. Without a class neither raise nor clear holds: silence never ends an alert. */
export function waterSignals(assessment: Assessment<WaterDetail>, station: WaterStation): Signal[] {
  const { detail, at } = assessment;
  if (at === null) return [];
  const { classNo, mainPollutants, deciding, itemsAssessed } = detail.now;
  const level = classNo === null ? null : levelOf(classNo, station.targetClass);
  const items = itemsText(mainPollutants.length > 0 ? mainPollutants : deciding);
  const scope = scopeText(itemsAssessed.length, detail.itemsOfClass);
  const target = classCode(station.targetClass as ClassNo);
  return [
    {
      rule: 'water-class',
      station: station.id,
      metric: 'class',
      at,
      level,
      clear: classNo !== null && level === null && detail.clears,
      value: classNo,
      threshold: station.targetClass,
      unit: '',
      text: {
        zh: `${assessment.rating.text.zh}，目标 ${target} 类；${items.zh}；${scope.zh}`,
        en: `${assessment.rating.text.en}, target ${target}; ${items.en}; ${scope.en}`,
      },
    },
  ];
}
