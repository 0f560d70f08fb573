import { defineStore } from 'pinia';
import { reactive, toRefs, watch } from 'vue';

export type Language = 'zh' | 'en';
export type Theme = 'system' | 'light' | 'dark';
export type Density = 'comfortable' | 'compact';

interface Settings {
  language: Language;
  theme: Theme;
  density: Density;
  /** Single-letter shortcuts can be switched off (WCAG 2.1.4). */
  shortcuts: boolean;
  sound: boolean;
}

const STORAGE_KEY = 'clearbay.settings';

/** The first of the browser's languages that the console speaks; Chinese, the district's own, where it speaks none. */
export function languageOf(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const [language] = tag.toLowerCase().split('-');
    if (language === 'zh' || language === 'en') return language;
  }
  return 'zh';
}

const DEFAULTS: Settings = {
  language: languageOf(navigator.languages),
  theme: 'system',
  density: 'comfortable',
  shortcuts: true,
  sound: false,
};

function stored(): Settings {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    return { ...DEFAULTS, ...(typeof found === 'object' ? found : {}) };
  } catch {
    // A blocked or broken storage is no reason not to open.
    return { ...DEFAULTS };
  }
}

function keep(settings: Settings): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(settings));
  } catch {
    // Settings then last as long as the page.
  }
}

/** What a person chose for this browser; applied to the document at once. */
export const useSettings = defineStore('settings', () => {
  const settings = reactive(stored());
  const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

  function apply(): void {
    const dark = settings.theme === 'dark' || (settings.theme === 'system' && darkSystem.matches);
    const root = document.documentElement;
    root.dataset.theme = dark ? 'dark' : 'light';
    root.dataset.density = settings.density;
    root.lang = settings.language === 'zh' ? 'zh-CN' : 'en';
  }

  darkSystem.addEventListener('change', apply);
  watch(
    settings,
    () => {
      apply();
      keep(settings);
    },
    { immediate: true, flush: 'sync' },
  );
  return toRefs(settings);
});
