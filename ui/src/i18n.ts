import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from '../../src/texts/en.json';

export const languages = { en: 'English', fr: 'Français' } as const;
export type Language = keyof typeof languages;

const storageKey = 'imas-language';

const isLanguage = (value: unknown): value is Language => typeof value === 'string' && value in languages;

function preferred(): Language {
  const kept = localStorage.getItem(storageKey);
  if (isLanguage(kept)) return kept;
  const wanted = navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage);
  return wanted ?? 'en';
}

/** English comes with the pages; another language is read before the first of its words is shown. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  const language = preferred();
  if (language !== 'en') await use(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(storageKey, language);
  await use(language);
}

async function use(language: Language): Promise<void> {
  if (language === 'fr' && !i18next.hasResourceBundle('fr', 'translation')) {
    const { default: fr } = await import('../../src/texts/fr.json');
    i18next.addResourceBundle('fr', 'translation', fr);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** For `Intl`: the reader's own variety of the chosen language, `fr-CA` rather than `fr`. */
export function localeOf(language: string): string {
  return navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language;
}
