/** What is kept and cannot be read any more, and backups that have grown old, in words. */
import type { RouteResponse } from '#contract';
import { printable } from '#lib/printable';
import { capital, numberWord, plural } from './text.ts';

type Health = RouteResponse<'health'>;
export type Damage = NonNullable<Health['damage']>;
export type Backup = NonNullable<Health['backup']>;

export const DAMAGE_TITLE = 'Some of what is kept cannot be read';

/** `Block 3 of 2026-03-14 and two more places. The rest is still found; what is lost comes back only from a backup.` */
export function damageWords({ places, first }: Damage): string {
  const [one] = first;
  const more = places - 1;
  const others = more === 0 ? '' : ` and ${numberWord(more)} more ${more === 1 ? 'place' : 'places'}`;
  const named = one === undefined ? plural(places, 'place') : `${capital(printable(one.what))}${others}`;
  return `${named}. The rest is still found; what is lost comes back only from a backup.`;
}

/** What names every place. */
export const DAMAGE_COMMAND = 'porchlight doctor --verify';

/** For a line with little room. */
export const damagePhrase = ({ places }: Damage): string => `${plural(places, 'place')} damaged`;

/** '' where it is young enough. */
export const backupWords = (backup: Backup | undefined): string =>
  backup?.old === true ? `The newest backup is ${plural(backup.days, 'day')} old.` : '';

export const backupPhrase = (backup: Backup | undefined): string =>
  backup?.old === true ? `backup ${plural(backup.days, 'day')} old` : '';
