/** What a kind of Windows event means: one row an event id, in tables by provider. */
import type { Fields } from '#contract';
import { type Data, short, type WindowsRecord } from './record.ts';

/** Whose `TargetUserName` it is: the one who acts, the account acted upon, the one acted as, a group. */
export type Target = 'actor' | 'user' | 'effective' | 'group';

export interface Entry {
  readonly action: string;
  readonly category: readonly string[];
  readonly type: readonly string[];
  /** Where the event's audit keywords do not say it. */
  readonly outcome?: 'success' | 'failure';
  /** Sigma's category of the log source. */
  readonly label?: string | ((data: Data) => string | undefined);
  readonly target?: Target;
  /** As the provider's, for this event alone. */
  readonly moves?: Readonly<Record<string, string>>;
  /** One sentence for people; undefined where the data does not say enough. */
  readonly say: (data: Data, draft: Fields) => string | undefined;
  readonly set?: (draft: Fields, data: Data, record: WindowsRecord) => void;
}

export type Entries = Readonly<Record<number, Entry>>;

export interface Provider {
  readonly names: readonly string[];
  /** Data that has an ECS name for exactly the same value: only there. Numbers are put down as such. */
  readonly moves?: Readonly<Record<string, string>>;
  readonly events: Entries;
  /** windows, where nothing else is said. */
  readonly product?: string;
  /** For every event of the provider, known or not, before the entry's own `set`. */
  readonly set?: (draft: Fields, data: Data, entry: Entry | undefined, record: WindowsRecord) => void;
}

type More = Partial<Pick<Entry, 'outcome' | 'label' | 'target' | 'moves' | 'set'>>;

/** `type` and `category` as words apart. */
export const entry = (action: string, category: string, type: string, say: Entry['say'], more: More = {}): Entry => ({
  action,
  category: category === '' ? [] : category.split(' '),
  type: type === '' ? [] : type.split(' '),
  say,
  ...more,
});

/** The words that are there, with blanks between. */
export function sentence(...words: readonly (string | undefined)[]): string {
  let said = '';
  for (const word of words) if (word !== undefined && word !== '') said = said === '' ? word : `${said} ${word}`;
  return said;
}

/** `before` and the value, where there is one. */
export const tail = (before: string, value: string | undefined): string | undefined =>
  value === undefined ? undefined : `${before}${short(value)}`;

export const textOf = (draft: Fields, field: string): string | undefined => {
  const value = draft[field];
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
};

/** Who acts. */
export const actor = (draft: Fields): string => textOf(draft, 'user.name') ?? 'somebody';
export const actedOn = (draft: Fields): string => textOf(draft, 'user.target.name') ?? 'an account';
export const byActor = (draft: Fields): string | undefined => tail('by ', textOf(draft, 'user.name'));
export const fromPeer = (draft: Fields): string | undefined =>
  tail('from ', textOf(draft, 'source.ip') ?? textOf(draft, 'source.domain'));
