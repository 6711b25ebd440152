/**
 * lighttpd 1.4: the access log (the virtual host stands where others have the ident), and the error log with the place in its source in front:
 *
 *   STAMP: (mod_auth.c.525) password doesn't match for /private username: anna IP: ADDR
 */
import { INFO, LOGIN_FAILED, WEB } from '../ecs.ts';
import { accessOf, webServer } from '../web/server.ts';
import { withGroups } from '../wordings.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const HEAD = /^\((?:[\w./-]{1,80}\/)?([\w-]{2,40})\.c\.(\d{1,5})\) /;
/** The address is the last word; a name and a path in front of it are the client's. */
const REFUSED = [
  /^(?<reason>password doesn't match) for (?<url>\/.*) username: (?<user>.*?),? IP: (?<ip>[\da-fA-F:.]{2,45})$/s,
  /^digest: (?<reason>auth failed) for (?<user>.*): wrong password, IP: (?<ip>[\da-fA-F:.]{2,45})$/s,
  /^digest: auth failed for (?<user>.*): (?<reason>uri mismatch) .*, IP: (?<ip>[\da-fA-F:.]{2,45})$/s,
  /^(?<reason>get_password failed),? IP: (?<ip>[\da-fA-F:.]{2,45})$/,
];

function error(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const text = message.slice(head[0].length);
  const draft: Draft = {
    'event.category': WEB,
    'event.type': INFO,
    'event.dataset': 'lighttpd.error',
    'service.type': 'lighttpd',
    'log.logger': head[1] ?? '',
  };
  for (const pattern of REFUSED) {
    const groups = pattern.exec(text)?.groups;
    if (groups !== undefined) return withGroups({ ...draft, ...LOGIN_FAILED }, groups);
  }
  return draft;
}

/** `ADDRESS HOST USER [`: the second word is a host unless it is a dash. */
function access(message: string, line: Line): Parsed | undefined {
  const fields = accessOf('lighttpd', message, line)?.fields;
  const host = /^\S{2,255} ([\w.-]{2,255}|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})? /.exec(message)?.[1];
  if (fields !== undefined && host !== undefined && fields['url.domain'] === undefined) {
    fields['url.domain'] = host;
  }
  return fields;
}

export const lighttpd = webServer('lighttpd', {
  paths: ['/lighttpd/', 'lighttpd'],
  signatures: [
    { starts: '(mod_', test: HEAD },
    { starts: '(server.c.', test: HEAD },
    { starts: '(http_auth.c.', test: HEAD },
    { starts: '(connections.c.', test: HEAD },
    { starts: '(response.c.', test: HEAD },
    { starts: '(gw_backend.c.', test: HEAD },
    { starts: '(network.c.', test: HEAD },
  ],
  parse: (message, line) => error(message) ?? access(message, line),
});
