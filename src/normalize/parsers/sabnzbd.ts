/**
 * SABnzbd (`sabnzbd/interface.py`): `::LEVEL::[MODULE:LINE] TEXT ADDR [(X-Forwarded-For: …)] [AGENT]`. The sentence is in the language of the
 * interface; other warnings with an address end in a colon in front of it. The number in brackets is the line of the source, not a pid.
 */
import { firstOf, setPeer } from '../address.ts';
import { application } from '../application.ts';
import { DENIED, LOGIN_FAILED, WEB } from '../ecs.ts';
import { levelOf } from '../head.ts';
import type { Draft, Parsed } from './parser.ts';

const HEAD = /^::(?<level>[A-Z]{4,8})::\[(?<module>\w{1,40}):\d{1,6}\] /;
const WARNED =
  /^(?<text>[^\d\n[\]()]{8,120}) (?<ip>[\da-fA-F:.]{2,50})(?: \(X-Forwarded-For: (?<forwarded>[\da-fA-F:., ]{2,300})\))? \[(?<agent>.*)\]$/s;

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const own: Draft = { 'log.logger': head.groups?.['module'] ?? '' };
  const level = levelOf(head.groups?.['level'] ?? '');
  if (level !== undefined) own['log.level'] = level;
  const warned = level === 'warning' && own['log.logger'] === 'interface';
  const groups = warned ? WARNED.exec(message.slice(head[0].length))?.groups : undefined;
  if (groups === undefined) return own;
  const { text = '', ip = '', forwarded, agent = '' } = groups;
  const refused = {
    'event.category': WEB,
    'event.type': DENIED,
    'event.action': 'connection_refused',
    'event.reason': text,
  };
  const draft: Draft = { ...own, ...(text.includes(':') || /API|Key/.test(text) ? refused : LOGIN_FAILED) };
  setPeer(draft, forwarded === undefined ? ip : firstOf(forwarded));
  draft['user_agent.original'] = agent;
  return draft;
}

export const sabnzbd = application('sabnzbd', {
  programs: ['sabnzbd', 'sabnzbdplus'],
  paths: ['sabnzbd'],
  signatures: [{ starts: '::', has: ['::[interface:'], test: HEAD }],
  parse,
});
