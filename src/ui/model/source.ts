/** How a source stands, in words, and what would mend it. */
import type { SourceStatus } from '#contract';
import { clock, DAY, moment } from './time.ts';

/** `heard` is fine and has no colour; `mend` wants a hand; `quiet` is neither. */
export type Standing = 'heard' | 'mend' | 'quiet';

const STANDINGS: Record<SourceStatus['state'], Standing> = {
  following: 'heard',
  waiting: 'quiet',
  missing: 'mend',
  denied: 'mend',
  failed: 'mend',
  off: 'quiet',
};

export interface Reason {
  readonly text: string;
  /** What to type, where typing helps. */
  readonly command: string | undefined;
}

/** A reason ends with its command: 'Only root may read it. Run: sudo setfacl -m u:ann:r /var/log/auth.log'. */
export const reasonOf = ({ reason }: SourceStatus): Reason => splitReason(reason);

export function splitReason(reason: string): Reason {
  const [, text, command] = /^(.*?)\s*Run: (.+)$/s.exec(reason) ?? [];
  return text === undefined
    ? { text: reason, command: undefined }
    : { text, command: command?.replace(/, then .*$/, '') };
}

/** A source that is switched off or not there yet is as it should be, unless its reason says what to do. */
export const standing = (source: SourceStatus): Standing =>
  reasonOf(source).command === undefined ? STANDINGS[source.state] : 'mend';

/** A way to a person (`notify:telegram`) stands among the sources so that a dead one is seen, but it is told and not heard. */
const isChannel = ({ id }: SourceStatus): boolean => id.startsWith('notify:');

/** `file:/var/log/auth.log` is known by its path. */
export const sourceName = ({ id }: Pick<SourceStatus, 'id'>): string =>
  id.replace(/^file:/, '').replace(/^notify:/, 'to you by ');

const WORDS: Record<SourceStatus['state'], string> = {
  following: 'following',
  waiting: 'not there yet',
  missing: 'not there',
  denied: 'not readable',
  failed: 'failed',
  off: 'off',
};

/** 'heard 21:42:05', or why not. */
export function sourceState(source: SourceStatus, now: number, zone?: string): string {
  if (source.state !== 'following') return WORDS[source.state];
  const channel = isChannel(source);
  if (source.last_seen === null) return channel ? 'ready' : 'nothing yet';
  const today = now - Date.parse(source.last_seen) < DAY;
  return `${channel ? 'told' : 'heard'} ${today ? clock(source.last_seen, zone) : moment(source.last_seen, now, zone)}`;
}

/** '2 followed, 1 to mend'. Those that are not there yet or switched off are no news. */
export function housePhrase(sources: readonly SourceStatus[]): string {
  const mend = sources.filter((source) => standing(source) === 'mend').length;
  const isFollowed = (source: SourceStatus): boolean => source.state === 'following' && !isChannel(source);
  const followed = sources.filter((source) => isFollowed(source) && standing(source) === 'heard').length;
  const parts = [`${followed} followed`];
  if (mend > 0) parts.push(`${mend} to mend`);
  return parts.join(', ');
}
