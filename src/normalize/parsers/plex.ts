/**
 * Plex Media Server (`Plex Media Server.log`): `[THREAD] LEVEL - [Req#ID] TEXT`. `Request:` when a request comes, with the account if its token
 * names one, and `Completed:` with the answer: the latter is counted. Plex asks plex.tv for passwords and sees none itself.
 */
import { application } from '../application.ts';
import { START, WEB } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { ACCESS_EVENT } from '../http.ts';
import { withGroups } from '../wordings.ts';
import type { Parsed } from './parser.ts';

const HEAD = /^\[(?:0x[\da-f]{4,16}|\d{1,20})\] (?<level>[A-Z]{4,7}) - (?:\[Req#[\da-f/]{1,40}\] )?/;
const REQUEST =
  /^Request: \[(?<peer>[\da-fA-F:.[\]]{2,60}) \((?:Loopback|Subnet|WAN|Allowed Network[^()]{0,80}|[A-Z]\w{0,20})\)\] (?<method>[A-Z]{3,10}) (?<url>\S{1,4000}) \(\d{1,6} live\)/;
const SIGNED_IN = / (?:Signed-in )?Token \((?<user>[^()]{1,200})\)/;
const COMPLETED =
  /^Completed: \[(?<peer>[\da-fA-F:.[\]]{2,60})\] (?<status>\d{3}) (?<method>[A-Z]{3,10}) (?<url>\S{1,4000}) \(\d{1,6} live\)/;

function said(text: string): Parsed {
  const completed = COMPLETED.exec(text)?.groups;
  if (completed !== undefined) return withGroups(ACCESS_EVENT, completed);
  const request = REQUEST.exec(text);
  if (request?.groups === undefined) return {};
  const user = SIGNED_IN.exec(text.slice(request[0].length, request[0].length + 300))?.groups?.['user'];
  const began = { 'event.category': WEB, 'event.type': START, 'event.action': 'http_request_received' };
  return withGroups(began, { ...request.groups, user });
}

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  const level = levelOf(head?.groups?.['level'] ?? '');
  return head === null || level === undefined
    ? undefined
    : { 'log.level': level, ...said(message.slice(head[0].length)) };
}

export const plex = application('plex', {
  programs: ['plex', 'plexmediaserver', 'plex media server'],
  paths: ['plex media server', 'plexmediaserver'],
  signatures: [
    {
      starts: '[',
      has: [' - Completed: [', ' live)'],
      test: /^\[(?:0x[\da-f]{4,16}|\d{1,20})\] DEBUG - Completed: \[/,
    },
    {
      starts: '[',
      has: ['] Completed: [', ' live)'],
      test: /^\[(?:0x[\da-f]{4,16}|\d{1,20})\] DEBUG - \[Req#[\da-f/]{1,40}\] Completed: \[/,
    },
    {
      starts: '[',
      has: ['Request: [', ' live)'],
      test: /^\[(?:0x[\da-f]{4,16}|\d{1,20})\] DEBUG - (?:\[Req#[\da-f/]{1,40}\] )?Request: \[/,
    },
  ],
  parse,
});
