/**
 * Sympa's list server and its web face (wwsympa): `LEVEL FUNCTION [robot R] [session S] [client ADDR] [user U] [list L] text`. The
 * brackets up to the client are Sympa's own.
 */
import { setPeer } from '../address.ts';
import { LOGIN_FAILED, WEB } from '../ecs.ts';
import { levelOf } from '../head.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const HEAD =
  /^(info|notice|err|warning|debug\d?) ([\w:]{1,128}(?:#\d{1,6} > [\w:#> ]{1,256})?)(?:\(\))? (?:\[robot ([^\]\s]{1,255})\] )?(?:\[session (\w{1,64})\] )?\[client ([\da-fA-F.:]{2,45})\](?: \[user ([^\]\s]{1,320})\])?(?: \[list ([^\]\s]{1,255})\])?(?: |$)/;
const WRONG =
  /^(?:Authentication(?: of \S{1,320})? failed|Wrong password|Incorrect password|.{1,320}: incorrect password)/i;

export const sympa: Parser = {
  name: 'sympa',
  programs: ['wwsympa', 'sympa', 'sympa_msg', 'bulk', 'archived', 'bounced', 'task_manager'],
  dataset: 'sympa.log',
  product: 'sympa',
  service: ['sympa', 'mail'],
  signatures: [{ has: ['[robot ', '] [session ', '] [client '], test: HEAD }],
  parse(message): Parsed | undefined {
    const match = HEAD.exec(message);
    if (match === null) return undefined;
    const [whole, level = '', from = '', robot, session, client = '', user] = match;
    const text = message.slice(whole.length);
    const failed = WRONG.test(text) && from.includes('login');
    const draft: Draft = failed
      ? { ...LOGIN_FAILED, 'event.reason': text }
      : { 'event.category': WEB, 'event.type': ['info'], 'event.action': from.replace(/^main::/, '') || 'request' };
    setPeer(draft, client);
    if (robot !== undefined) draft['url.domain'] = robot;
    if (session !== undefined) draft['session.id'] = session;
    if (user !== undefined) draft['user.name'] = user;
    const named = levelOf(level.replace(/\d$/, ''));
    return named === undefined ? draft : { ...draft, 'log.level': named };
  },
};
