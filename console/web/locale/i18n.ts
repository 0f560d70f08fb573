import { createI18n } from 'vue-i18n';
import type { Language } from '../ui/settings.ts';
import { common } from './common.ts';
import { overview } from './overview.ts';
import { alerts, kind, login, settings, status } from './pages.ts';
import { shell } from './shell.ts';
import { station } from './station.ts';
import { targets } from './targets.ts';

const features = { common, shell, overview, station, targets, kind, alerts, status, settings, login };

function messagesIn(language: Language): Record<string, object> {
  return Object.fromEntries(Object.entries(features).map(([name, messages]) => [name, messages[language]]));
}

export function createMessages(language: Language) {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: 'zh',
    messages: { zh: messagesIn('zh'), en: messagesIn('en') },
  });
}
