/**
 * cPanel, WHM and webmail (`/usr/local/cpanel/logs`): `access_log` in the combined format with its own words and the port behind, `login_log`
 * and `session_log`:
 *
 *   [STAMP] info [cpaneld] ADDR - USER "POST /login/?login_only=1 HTTP/1.1" FAILED LOGIN cpaneld: reason
 *   [STAMP] info [cpaneld] ADDR NEW USER:TOKEN address=ADDR,app=cpaneld,…          [STAMP] info [cpaneld] ADDR PURGE USER:TOKEN logout
 */
import { isAddress, setPeer } from '../address.ts';
import { INFO, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, SESSION, toNumber } from '../ecs.ts';
import { setRequest } from '../http.ts';
import { accessOf, webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const HEAD = /^(?:info|warn|warning|error) \[(\w{3,32})\] (\S{2,45}) /;
const LOGIN = /^- (.{0,256}?) "([A-Z]{3,20} .*)" (FAILED|DEFERRED|SUCCESS) LOGIN (?:\w{3,32}: )?(.*)$/s;
const CHANGE = /^(NEW|PURGE|RENEW) ([^\s:]{1,128}):(\S{1,64})(?: (.*))?$/s;

function entry(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null || !isAddress(head[2] ?? '')) return undefined;
  const rest = message.slice(head[0].length);
  const draft = login(rest) ?? session(rest);
  if (draft === undefined) return undefined;
  setPeer(draft, head[2] ?? '');
  return { ...draft, 'service.name': head[1] ?? '', 'event.dataset': 'cpanel.log' };
}

function login(rest: string): Draft | undefined {
  const found = LOGIN.exec(rest);
  if (found === null) return undefined;
  const [, user = '-', request = '', verdict, reason = ''] = found;
  const fields = verdict === 'FAILED' ? LOGIN_FAILED : verdict === 'SUCCESS' ? LOGIN_ACCEPTED : undefined;
  // Deferred: the password was right or is not asked yet, another line tells the end.
  const draft: Draft = {
    ...(fields ?? { 'event.category': ['authentication'], 'event.type': INFO, 'event.action': 'login_deferred' }),
  };
  if (user !== '-' && user !== '') draft['user.name'] = user;
  if (reason !== '') draft['event.reason'] = reason;
  setRequest(draft, request);
  return draft;
}

function session(rest: string): Draft | undefined {
  const found = CHANGE.exec(rest);
  if (found === null) return undefined;
  const [, kind, user = '', , reason = ''] = found;
  const opened = kind === 'NEW' && /(?:^|,)(?:method=handle_form_login|creator=|method=)/.test(reason);
  const draft: Draft = opened
    ? { ...LOGIN_ACCEPTED }
    : kind === 'PURGE' && reason.startsWith('logout')
      ? { ...LOGOUT }
      : { 'event.category': SESSION, 'event.type': INFO, 'event.action': `session_${(kind ?? '').toLowerCase()}` };
  draft['user.name'] = user;
  return draft;
}

/** `"-" "x-forwarded-for" PORT` behind the agent. */
function access(message: string, line: Line): Parsed | undefined {
  const found = accessOf('cpanel', message, line);
  if (found === undefined) return undefined;
  const port = toNumber(/ (\d{2,5})$/.exec(found.rest)?.[1]);
  if (port !== undefined) found.fields['destination.port'] = port;
  return found.fields;
}

export const cpanel = webServer('cpanel', {
  programs: ['cpanel', 'cpaneld', 'whostmgrd', 'webmaild', 'cpsrvd', 'cpdavd'],
  types: ['whm'],
  paths: ['/cpanel/'],
  signatures: [
    { has: ['] ', ' LOGIN '], test: /^(?:info|warn|error) \[(?:cpaneld|whostmgrd|webmaild|cpdavd)\] \S{2,45} - / },
    { has: ['] ', ' address='], test: /^info \[(?:cpaneld|whostmgrd|webmaild|cpdavd)\] \S{2,45} NEW / },
    { has: ['] ', ' PURGE '], test: /^info \[(?:cpaneld|whostmgrd|webmaild|cpdavd)\] \S{2,45} PURGE / },
  ],
  parse: (message, line) => entry(message) ?? access(message, line),
});
