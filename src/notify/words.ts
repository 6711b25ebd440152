/** What every channel does with words: who wrote them is not known, so they are cut, and secrets are taken out of reasons. */
import { printable } from '#lib/printable';
import type { Level } from '#contract';
import type { Message } from './notifier.ts';

const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  informational: '',
  low: 'Low: ',
  medium: 'Medium: ',
  high: 'High: ',
  critical: 'Critical: ',
};

/** 'Critical: Login after password guessing', on one line whatever the title holds. */
export const headline = ({ level, title }: Pick<Message, 'level' | 'title'>): string =>
  `${LEVEL_WORDS[level]}${printable(title)}`;

/** What is sent where a provider refuses a message for its content. Nothing in it comes from a log. */
export const bareWords = ({ level }: Pick<Message, 'level'>): string =>
  `${LEVEL_WORDS[level]}Porchlight has news whose text was refused on the way. The dashboard shows it.`;

/** At most `max` UTF-16 units, never in the middle of a surrogate pair. */
export function cutUnits(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 2);
  const end = last >= 0xd800 && last <= 0xdbff ? max - 2 : max - 1;
  return `${text.slice(0, end)}…`;
}

/** At most `max` bytes of UTF-8, never in the middle of a character. */
export function cutBytes(text: string, max: number): string {
  const room = max - Buffer.byteLength('…');
  if (Buffer.byteLength(text) <= max) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(room));
  return `${text.slice(0, read)}…`;
}

/** Markup of HTML, for text between tags. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '&quot;');

const MAX_REASON = 300;

/** A reason from outside on one line, without our secrets, whoever put them in. */
export function shown(reason: string, secrets: readonly (string | undefined)[] = []): string {
  let clean = reason;
  for (const secret of secrets) if (secret !== undefined && secret !== '') clean = clean.replaceAll(secret, '(hidden)');
  return cutUnits(printable(clean.replace(/\s+/g, ' ').trim()), MAX_REASON);
}
