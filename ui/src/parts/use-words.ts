import { useTranslation } from 'react-i18next';
import type { Said as Coded } from '../../../src/domain/said.ts';
import { wordsOf, type Translate } from '../../../src/texts/words.ts';
import type { Said } from '../../../src/api/wire.ts';

type Sayable = Pick<Said, 'values' | 'message'> & { readonly code: string | null };

/** Says in the reader's language what the server says; in the server's words where it has no code, or one that these pages do not know yet. */
export function useWords(): (said: Sayable) => string {
  const { t, i18n } = useTranslation();
  return ({ code, values, message }) => {
    if (code === null) return message;
    let isKnown = true;
    const words = wordsOf({ code, values } as Coded, (key, given) => {
      isKnown &&= i18n.exists(key, given);
      return (t as unknown as Translate)(key, given);
    });
    return isKnown ? words : message;
  };
}
