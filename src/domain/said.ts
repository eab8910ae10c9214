import type en from '../texts/en.json';

/**
 * What the system says, as a code with values. It is stored and sent as such; the words stand in `src/texts`, one file a
 * language, and are found where they are read: on a page, in a mail, in an answer of the API.
 */
export interface Said {
  readonly code: SaidCode;
  readonly values: Readonly<Record<string, SaidValue>>;
}

/** A part of what is said may be said by a code too: the reason in "not sent: …". A list is read as one text, part after part. */
export type SaidValue = string | number | Said | readonly Said[];

type Texts = typeof en;
/** The parts of the files of texts that the server speaks in; the others are the pages' own. */
type SpokenPart =
  | 'entry'
  | 'command'
  | 'due'
  | 'reason'
  | 'cause'
  | 'cure'
  | 'report'
  | 'status'
  | 'message'
  | 'digest'
  | 'storm'
  | 'chat'
  | 'answer'
  | 'device'
  | 'handover'
  | 'offline';
type WithoutPlural<K extends string> = K extends `${infer Base}_${'one' | 'other'}` ? Base : K;
type CodesIn<T, Path extends string> = {
  [K in keyof T & string]: T[K] extends string ? `${Path}.${WithoutPlural<K>}` : CodesIn<T[K], `${Path}.${K}`>;
}[keyof T & string];
export type SaidCode = { [Part in SpokenPart]: CodesIn<Texts[Part], Part> }[SpokenPart];

export const said = (code: SaidCode, values: Said['values'] = {}): Said => ({ code, values });

/** Versions before stored words, and what another system says has no code: such a text stands for itself. */
export const asSaid = (given: string | Said): Said => (typeof given === 'string' ? said('cause.verbatim', { text: given }) : given);
