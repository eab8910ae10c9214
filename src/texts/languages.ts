import i18next from 'i18next';
import type { Said } from '../domain/said.ts';
import en from './en.json' with { type: 'json' };
import fr from './fr.json' with { type: 'json' };
import { wordsOf, type Translate } from './words.ts';

export const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

const texts = i18next.createInstance();
// Both files are at hand, so this is done when it returns.
void texts.init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en }, fr: { translation: fr } },
  interpolation: { escapeValue: false },
  initAsync: false,
});

const translators = { en: texts.getFixedT('en'), fr: texts.getFixedT('fr') } as unknown as Readonly<Record<Language, Translate>>;

/** The words of what was said, for the server's own readers: mails, chat, logs, the API's `message`. */
export const words = (what: Said, language: Language = 'en'): string => wordsOf(what, translators[language]);
