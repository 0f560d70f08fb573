import type { Rating } from '@clearbay/domain/assessment.ts';
import type { Language } from './settings.ts';

const ROMAN: Readonly<Record<string, string>> = { I: 'Ⅰ', II: 'Ⅱ', III: 'Ⅲ', IV: 'Ⅳ', V: 'Ⅴ' };

/** One character that names a rating where a word does not fit, so that colour never stands alone: the class's numeral, else the word's first character (优, 良, 轻, 劣). */
export function ratingMark(rating: Rating, language: Language): string {
  if (rating.rank < 0) return '—';
  return ROMAN[rating.code] ?? rating.text[language].slice(0, 1).toUpperCase();
}

/** Black or white, whichever reads better on an official colour (WCAG relative luminance). */
export function inkOn(colour: string): '#000000' | '#ffffff' {
  const [red, green, blue] = [1, 3, 5].map((from) => {
    const part = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? '#000000' : '#ffffff';
}

/** Shape of a kind's marker. */
export const KIND_SHAPES: Readonly<Record<string, string>> = { air: '●', water: '◆', flood: '▲', parking: '▣' };
