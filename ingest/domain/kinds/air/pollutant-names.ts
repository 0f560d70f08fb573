import type { Text } from '../../text.ts';
import type { Pollutant } from './standard.ts';

/** Names as the bulletins print them. */
export const POLLUTANT_NAMES: Readonly<Record<Pollutant, Text>> = {
  so2: { zh: '二氧化硫', en: 'SO2' },
  no2: { zh: '二氧化氮', en: 'NO2' },
  co: { zh: '一氧化碳', en: 'CO' },
  o3: { zh: '臭氧', en: 'O3' },
  pm10: { zh: '可吸入颗粒物(PM10)', en: 'PM10' },
  pm25: { zh: '细颗粒物(PM2.5)', en: 'PM2.5' },
};

/** Unit of a pollutant's concentration. */
export function unitOf(pollutant: Pollutant): string {
  return pollutant === 'co' ? 'mg/m³' : 'µg/m³';
}

/** Pollutants as one phrase, ties joined. */
export function pollutantList(pollutants: readonly Pollutant[]): Text {
  return {
    zh: pollutants.map((pollutant) => POLLUTANT_NAMES[pollutant].zh).join('、'),
    en: pollutants.map((pollutant) => POLLUTANT_NAMES[pollutant].en).join(', '),
  };
}
