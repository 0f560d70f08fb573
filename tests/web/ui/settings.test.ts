import { describe, expect, test } from 'vitest';
import { languageOf } from '../../../console/web/ui/settings.ts';

describe('the language of a first visit', () => {
  test.each([
    [['en-GB', 'zh-CN'], 'en'],
    [['zh-TW', 'en'], 'zh'],
    [['de-DE', 'en-US'], 'en'],
    [['fr'], 'zh'],
    [[], 'zh'],
  ] as const)('%j gives %s', (preferred, language) => {
    expect(languageOf(preferred)).toBe(language);
  });
});
