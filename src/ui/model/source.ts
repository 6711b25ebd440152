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

export const standing = (source: SourceStatus): Standing => STANDINGS[source.state];

const WORDS: Record<SourceStatus['state'], string> = {
  following: 'following',
  waiting: 'waiting',
  missing: 'not there',
  denied: 'not readable',
  failed: 'failed',
  off: 'off',
};

/** 'heard at 21:42:05', or why not. */
export function sourceState(source: SourceStatus, now: number, zone?: string): string {
  if (source.state !== 'following') return WORDS[source.state];
  if (source.last_seen === null) return 'following, nothing yet';
  const today = now - Date.parse(source.last_seen) < DAY;
  return `heard ${today ? clock(source.last_seen, zone) : moment(source.last_seen, now, zone)}`;
}

export interface ReasonPart {
  readonly text: string;
  /** Something to type, as opposed to something to read. */
  readonly command: boolean;
}

/** A reason carries its command between backticks: 'auth.log cannot be read: `sudo usermod …`'. */
export function reasonParts(reason: string): readonly ReasonPart[] {
  return reason
    .split('`')
    .map((text, at) => ({ text: text.trim(), command: at % 2 === 1 }))
    .filter((part) => part.text !== '' && part.text !== '.');
}

/** How many are heard: 'all 3' or '2 of 3'. Sources that are off by choice do not count. */
export function housePhrase(sources: readonly SourceStatus[]): string {
  const wanted = sources.filter((source) => source.state !== 'off');
  const heard = wanted.filter((source) => standing(source) === 'heard').length;
  if (wanted.length === 0) return 'no source yet';
  return heard === wanted.length ? `all ${heard}` : `${heard} of ${wanted.length}`;
}
