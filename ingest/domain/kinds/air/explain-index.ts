import type { Derivation, DerivationStep } from '../../derivation.ts';
import { soFar } from '../../derivation.ts';
import { categoryOf } from './aqi.ts';
import { POLLUTANT_NAMES, pollutantList } from './pollutant-names.ts';
import { type AirEdition, POLLUTANTS, type Pollutant } from './standard.ts';

/** What an hour or a day says once its indices are known. */
export interface ExplainedIndex {
  readonly aqi: number | null;
  readonly lowerBound: number | null;
  readonly primary: readonly Pollutant[];
  readonly missing: readonly Pollutant[];
}

/** Which edition judges the date, and since when it holds. */
export function editionStep(edition: AirEdition, date: string): DerivationStep {
  return {
    text: {
      zh: `${date} 按 ${edition.name.zh} 与 ${edition.index.label} 评价`,
      en: `${date} is judged by ${edition.name.en} and ${edition.index.label}`,
    },
    clause: edition.index.label,
    values: { date, validFrom: edition.validFrom, validTo: edition.validTo },
  };
}

/** IAQI, what is missing, AQI and primary pollutants. With `running` no category is given: the period is not judged. */
export function indexSteps(
  iaqi: Readonly<Record<string, number | null>>,
  index: ExplainedIndex,
  edition: AirEdition,
  running: boolean,
): DerivationStep[] {
  const { clauses } = edition.index;
  const known = POLLUTANTS.filter((pollutant) => iaqi[pollutant] != null);
  const phrase = known.map((pollutant) => `${POLLUTANT_NAMES[pollutant].en} ${iaqi[pollutant]}`).join(', ');
  const missing = pollutantList(index.missing);
  const primary = pollutantList(index.primary);
  const steps: DerivationStep[] = [
    { text: { zh: `空气质量分指数：${phrase}`, en: `IAQI: ${phrase}` }, clause: clauses.formula, values: iaqi },
  ];
  if (index.missing.length > 0) {
    steps.push({
      text: {
        zh: `缺${missing.zh}，其余最大 ${index.lowerBound ?? '—'}：${index.aqi === null ? '不发布' : '照常发布'}`,
        en: `${missing.en} missing, the others at most ${index.lowerBound ?? '—'}: ${index.aqi === null ? 'not published' : 'published'}`,
      },
      clause: clauses.missing,
      values: { lowerBound: index.lowerBound },
    });
  }
  const begun = running ? { zh: '至今 ', en: 'so far ' } : { zh: '', en: '' };
  steps.push({
    text: {
      zh: `${begun.zh}AQI ${index.aqi ?? 'NA'}${primary.zh === '' ? '' : `，首要污染物：${primary.zh}`}`,
      en: `${begun.en}AQI ${index.aqi ?? 'NA'}${primary.en === '' ? '' : `, primary pollutant: ${primary.en}`}`,
    },
    clause: clauses.aqi,
    values: { aqi: index.aqi, category: running ? null : (categoryOf(edition.index, index.aqi ?? -1)?.code ?? null) },
  });
  return steps;
}

/** The figure with its category; one that still runs has none. */
export function figureOf(index: ExplainedIndex, edition: AirEdition, running: boolean): Derivation['figure'] {
  if (running) return soFar({ zh: `AQI ${index.aqi ?? 'NA'}`, en: `AQI ${index.aqi ?? 'NA'}` });
  const category = categoryOf(edition.index, index.aqi ?? -1);
  if (index.aqi === null || category === undefined) return { zh: 'AQI NA，不评价', en: 'AQI NA, not judged' };
  return { zh: `AQI ${index.aqi}，${category.name.zh}`, en: `AQI ${index.aqi}, ${category.name.en}` };
}
