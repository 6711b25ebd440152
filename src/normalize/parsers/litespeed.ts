/**
 * LiteSpeed and OpenLiteSpeed. The error log (`src/http/httplog.cpp`), the process and its thread since 1.7, the connection where there is one:
 *
 *   STAMP [LEVEL] [PID] [T0] [ADDR:PORT:PROTOCOL-STREAM#VHOST] text
 *
 * The web console writes through it: `[STDERR] [WebAdmin Console] Failed Login Attempt - username:U ip:A url:X`; the connection's
 * address is the server's word, the rest the console's.
 */
import { isAddress, setPeer } from '../address.ts';
import { DENIED, ERROR, INFO, LOGIN_ACCEPTED, LOGIN_FAILED, WEB } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { accessOf, webServer } from '../web/server.ts';
import { withGroups } from '../wordings.ts';
import type { Draft, Parsed } from './parser.ts';

const HEAD =
  /^\[([A-Z]{4,9})\] (?:\[(\d{1,10})\] )?(?:\[T\d{1,6}\] )?(?:\[(\[[\da-fA-F:.%]{2,60}\]|[\da-fA-F:.]{2,60}):(\d{1,5})(?::[\w.:]{1,48})?-[^\]\s]{1,300}\] )?/;

const MEANINGS: readonly (readonly [RegExp, Parsed])[] = [
  [/^User '(?<user>.*)' failed to authenticate\.?$/s, LOGIN_FAILED],
  [/^(?:\[STDERR\] )?\[WebAdmin Console\] Failed Login Attempt - username:(?<user>.*) ip:\S* url:.*$/s, LOGIN_FAILED],
  [
    /^(?:\[STDERR\] )?\[WebAdmin Console\] User (?<user>.{1,128}) login(?: successful(?:ly)?)? from ip \S+$/s,
    LOGIN_ACCEPTED,
  ],
  [/^\[ACL\] (?<reason>Access (?:to|from) .*)$/s, { 'event.type': DENIED, 'event.action': 'request_denied' }],
  [/^File not found \[(?<file>.*)\]\s*$/s, { 'event.action': 'file_not_found' }],
];

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  const level = levelOf(head?.[1] ?? '');
  if (head === null || level === undefined || (head[2] === undefined && head[3] === undefined)) return undefined;
  const [all, , pid, address, port] = head;
  const draft: Draft = {
    'event.category': WEB,
    'event.type': level === 'error' || level === 'critical' ? ERROR : INFO,
    'event.dataset': 'litespeed.error',
    'service.type': 'litespeed',
    'log.level': level,
  };
  if (pid !== undefined) draft['process.pid'] = Number(pid);
  const plain = (address ?? '').replace(/^\[|\]$/g, '');
  if (isAddress(plain)) setPeer(draft, plain, Number(port));
  const text = message.slice(all.length);
  draft['message'] = text;
  for (const [pattern, fields] of MEANINGS) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) continue;
    Object.assign(draft, withGroups(fields, groups));
    break;
  }
  return draft;
}

const CONNECTED =
  /^\[[A-Z]{4,9}\] (?:\[\d{1,10}\] )?(?:\[T\d{1,6}\] )?\[\[?[\da-fA-F:.]{2,60}\]?:\d{1,5}(?::[\w.:]{1,48})?-[^\]\s]{1,300}#[^\]\s]{1,300}\] /;

export const litespeed = webServer('litespeed', {
  programs: ['litespeed', 'lshttpd', 'openlitespeed', 'lsws'],
  paths: ['/lsws/', '/litespeed/', 'litespeed'],
  signatures: [
    { has: ['] [WebAdmin Console] '], test: /^\[[A-Z]{4,9}\] \[\d{1,10}\] / },
    { has: ["] User '", "' failed to authenticate"], test: CONNECTED },
    { starts: '[INFO] [', test: CONNECTED },
    { starts: '[NOTICE] [', test: CONNECTED },
    { starts: '[WARN] [', test: CONNECTED },
    { starts: '[ERROR] [', test: CONNECTED },
  ],
  parse: (message, line) => parse(message) ?? accessOf('litespeed', message, line)?.fields,
});
