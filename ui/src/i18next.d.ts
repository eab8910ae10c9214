import type en from '../../src/texts/en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    // Without what the server alone says: see vite.config.ts.
    resources: { translation: Omit<typeof en, 'message' | 'digest' | 'report'> };
  }
}
