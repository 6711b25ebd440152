/**
 * fail2ban 0.9 to 1.1: `fail2ban.actions [811]: NOTICE [JAIL] Ban ADDR`. A `Found` repeats a failure that the jail's own log has told, so it is
 * no failure of its own.
 */
import { setPeer } from '../address.ts';
import { withServiceType } from '../application.ts';
import { detection } from '../detection.ts';
import { toNumber } from '../ecs.ts';
import { levelOf } from '../head.ts';
import type { Draft, Parsed } from './parser.ts';

const HEAD = /^(fail2ban\.[\w.]{1,40}) {0,40}(?:\[(\d{1,10})\])? ?: /;
const LEVEL = /^([A-Z]{4,8}) {1,8}/;
const JAIL = /^\[([^\]]{1,128})\] /;
const ACTION =
  /^(?:(Increase Ban|Restore Ban|Ban|Unban|Found|Ignore)|Flush ticket\(s\)) (\S{1,78}?),?(?:$| \(| - | by | bad)/;
const ALREADY = /^(\S{1,78}) already banned/;
const INFO = (action: string, type = 'info'): Draft => ({
  'event.category': ['process'],
  'event.type': [type],
  'event.action': action,
});

const ACTIONS = new Map<string, readonly [action: string, type: string]>([
  ['Ban', ['ban', 'denied']],
  ['Restore Ban', ['ban', 'denied']],
  ['Increase Ban', ['ban_increased', 'denied']],
  ['Unban', ['unban', 'allowed']],
  ['Found', ['found', 'info']],
  ['Ignore', ['ignored', 'info']],
]);

function inJail(jail: string, text: string): Draft {
  const found = ACTION.exec(text);
  const already = found === null ? ALREADY.exec(text)?.[1] : undefined;
  const [action, type] =
    ACTIONS.get(found?.[1] ?? '') ?? (already === undefined ? ['jail', 'info'] : ['already_banned', 'info']);
  const draft = detection(action, { name: jail }, type);
  // Only a ban is what a person wants to hear of.
  if (type !== 'denied') draft['event.kind'] = 'event';
  setPeer(draft, found?.[2] ?? already ?? '');
  return draft;
}

function other(text: string): Draft {
  if (text.startsWith('Starting Fail2ban')) return INFO('started', 'start');
  if (/^(?:Exiting Fail2ban|Shutdown in progress|Stopping all jails)/.test(text)) return INFO('stopped', 'end');
  const jail = /^Jail '([^']{1,128})' (started|stopped)/.exec(text);
  if (jail === null) return INFO('message');
  return { ...INFO(`jail_${jail[2] ?? ''}`, jail[2] === 'started' ? 'start' : 'end'), 'rule.name': jail[1] ?? '' };
}

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  let text = message.slice(head?.[0].length ?? 0).trimStart();
  const word = LEVEL.exec(text);
  const level = levelOf(word?.[1] ?? '');
  if (head === null && level === undefined && !JAIL.test(text)) return undefined;
  if (word !== null && level !== undefined) text = text.slice(word[0].length);
  const jail = JAIL.exec(text);
  const draft = jail === null ? other(text) : inJail(jail[1] ?? '', text.slice(jail[0].length));
  if (level !== undefined) draft['log.level'] = level;
  if (head !== null) draft['log.logger'] = head[1] ?? '';
  const pid = toNumber(head?.[2]);
  if (pid !== undefined) draft['process.pid'] = pid;
  return draft;
}

const parts =
  'actions filter jail server observer filterpyinotify filtersystemd filterpoll utils database transmitter ipdns asyncserver';

export const fail2ban = withServiceType({
  name: 'fail2ban',
  programs: ['fail2ban', 'fail2ban-server', 'fail2ban-client', ...parts.split(' ').map((part) => `fail2ban.${part}`)],
  paths: ['fail2ban'],
  signatures: [{ starts: 'fail2ban.', test: /^fail2ban\.[\w.]{1,40} {0,40}(?:\[\d{1,10}\])? ?: {1,3}[A-Z]{4,8} / }],
  namesItself: true,
  dataset: 'fail2ban.log',
  service: 'fail2ban',
  product: 'linux',
  parse,
});
