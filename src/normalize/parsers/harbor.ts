/**
 * Harbor's core: `[LEVEL] [/FILE.go:LINE][client IP="ADDR, ADDR" requestID="…" user agent="…"]: failed to authenticate user:NAME, error:…`.
 * Its containers tag their lines with their part of Harbor (`core[…]`), a name too common to claim. Agent and name are the client's, the
 * address stands before both.
 */
import { firstOf, setPeer } from '../address.ts';
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { levelOf } from '../head.ts';
import type { Draft, Parsed } from './parser.ts';

const HEAD =
  /^\[(?<level>[A-Z]{4,8})\] \[\/[\w./-]{1,120}\.go:\d{1,6}\]\[client IP="(?<ip>[\da-fA-F:., ]{2,300})" requestID="[\w-]{1,80}" user agent="/;
const FAILED = '"]: failed to authenticate user:';

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  const end = head === null ? -1 : message.lastIndexOf(FAILED);
  if (head === null || end < head[0].length) return undefined;
  const error = message.lastIndexOf(', error:');
  const draft: Draft = { ...LOGIN_FAILED, 'process.name': 'harbor' };
  setPeer(draft, firstOf(head.groups?.['ip'] ?? ''));
  draft['user_agent.original'] = message.slice(head[0].length, end);
  draft['user.name'] = message.slice(end + FAILED.length, error > end ? error : undefined);
  if (error > end) draft['event.reason'] = message.slice(error + 8).trim();
  const level = levelOf(head.groups?.['level'] ?? '');
  if (level !== undefined) draft['log.level'] = level;
  return draft;
}

export const harbor = application('harbor', {
  programs: ['harbor', 'harbor-core'],
  paths: ['/harbor/'],
  signatures: [{ starts: '[', has: [FAILED, '[client IP="'], test: HEAD }],
  parse,
});
