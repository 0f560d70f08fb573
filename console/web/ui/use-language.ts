import type { Text } from '@clearbay/domain/text.ts';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { formatMoment, spanOf } from './format.ts';
import type { Language } from './settings.ts';

/** Messages and bilingual texts in the chosen language, with lengths of time in words. */
export function useLanguage() {
  const { t, locale } = useI18n({ useScope: 'global' });
  const language = computed<Language>(() => (locale.value === 'en' ? 'en' : 'zh'));

  const say = (text: Text): string => text[language.value];

  const sayId = (id: string, texts: readonly { readonly id: string; readonly name: Text }[]): string => {
    const found = texts.find((entry) => entry.id === id);
    return found === undefined ? id : say(found.name);
  };

  /** An edition as the server labels it, with the words for its stage in the reader's language. */
  const sayEdition = (label: string): string =>
    label.replace(/\b(transition|final)\b/g, (stage) => t(`common.editions.${stage}`));

  const span = (ms: number): string => {
    const { unit, count } = spanOf(ms);
    return t(`common.span.${unit}`, { n: count });
  };

  const ago = (at: number, now: number): string => t('common.ago', { span: span(now - at) });

  return { t, language, say, sayId, sayEdition, span, ago, moment: formatMoment };
}
