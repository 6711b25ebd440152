/**
 * Gitea and Forgejo: `FILE:LINE:FUNC() [L] [ID] TEXT`. The name stands before the address, and once more at the end, `[uid: 0, name: NAME]`:
 * of several ` from ADDR:` in a line that one is right whose name is repeated there. And the router's access lines.
 */
import { setEndpoint } from '../address.ts';
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { ACCESS_EVENT } from '../http.ts';
import { withGroups } from '../wordings.ts';
import type { Draft, Parsed } from './parser.ts';

const AT_HEAD = String.raw`^(?:HTTPRequest |[\w./-]{1,80}:\d{1,6}:[\w.()*[\]]{1,80}\(\) )?\[[TDIWEF]\] (?:\[[\da-f-]{6,40}\] )?`;
const HEAD = new RegExp(AT_HEAD);
const ATTEMPT = 'Failed authentication attempt for ';
const ROUTER =
  /^router: completed (?<method>[A-Z]{3,10}) (?<url>\S+) for (?<peer>\S+), (?<status>\d{3}) [\w '-]{1,40} in [\d.]+[a-zµ]{1,2} @ /;
const NAMELESS = /^Failed authentication attempt from (?<peer>\S+?)(?: \(|$)/;
const MAX_CANDIDATES = 16;

interface Attempt {
  readonly user: string;
  readonly peer: string;
  readonly reason: string;
}

function attemptOf(text: string): Attempt | undefined {
  let last: Attempt | undefined;
  let repeated: Attempt | undefined;
  let at = text.indexOf(' from ');
  for (let count = 0; at !== -1 && count < MAX_CANDIDATES; count++, at = text.indexOf(' from ', at + 6)) {
    const peer = /^ from ((?:\[[\da-fA-F:.%\w]{2,60}\]|[\w.-]{1,80}|[\da-fA-F:.]{2,50})(?::\d{1,5})?): /.exec(
      text.slice(at, at + 160),
    );
    if (peer === null) continue;
    const user = text.slice(0, at);
    const rest = text.slice(at + peer[0].length);
    last = { user, peer: peer[1] ?? '', reason: rest.replace(/ \[uid: .*$/s, '') };
    if (rest.endsWith(`, name: ${user}]`) || rest.includes(`, name: ${user}, keyid: `)) repeated = last;
  }
  return repeated ?? last;
}

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const text = message.slice(head[0].length);
  if (text.startsWith(ATTEMPT)) {
    const attempt = attemptOf(text.slice(ATTEMPT.length));
    if (attempt === undefined) return undefined;
    const draft: Draft = { ...LOGIN_FAILED, 'user.name': attempt.user, 'event.reason': attempt.reason };
    setEndpoint(draft, attempt.peer);
    if (draft['source.port'] === 0) delete draft['source.port'];
    return draft;
  }
  const nameless = NAMELESS.exec(text);
  if (nameless !== null) return withGroups(LOGIN_FAILED, nameless.groups ?? {});
  const answered = ROUTER.exec(text);
  if (answered === null) return undefined;
  const { 'source.port': port, ...rest } = withGroups(ACCESS_EVENT, answered.groups ?? {});
  return port === 0 || port === undefined ? rest : { ...rest, 'source.port': port };
}

export const gitea = application('gitea', {
  programs: ['gitea', 'forgejo', 'gogs'],
  paths: ['/gitea', '/forgejo', '/gogs'],
  signatures: [
    { has: [`] ${ATTEMPT}`], test: new RegExp(`${AT_HEAD}${ATTEMPT}`) },
    {
      has: ['] Failed authentication attempt from '],
      test: new RegExp(`${AT_HEAD}Failed authentication attempt from `),
    },
    { has: ['] router: completed '], test: new RegExp(`${AT_HEAD}router: completed `) },
  ],
  parse,
});
