/**
 * immich's server, on NestJS: `[Nest] PID  - STAMP   LEVEL [MODULE:Class~request] TEXT`. The stamp is the host's own style of a date
 * (`11/30/2025, 7:32:47 PM`). A log-in that works is not logged.
 */
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { ACCESS_EVENT } from '../http.ts';
import { readStamp } from '../stamp.ts';
import { withGroups } from '../wordings.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const HEAD = /^\[Nest\] (?<pid>\d{1,9}) {1,4}- {1,4}/;
const LEVEL = /^ {0,12}(?<level>[A-Z]{3,7}) \[(?<logger>[\w.:~-]{1,120})\] /;
const FAILED = /^Failed login attempt for user (?<user>.*) from ip address (?<ip>[\da-fA-F:.]+)$/s;
const ANSWERED = /^(?<method>[A-Z]{3,7}) (?<url>\S+) (?<status>\d{3}) [\d.]+ms (?<ip>[\da-fA-F:.]+)$/;

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  const stamp = head === null ? undefined : readStamp(message, head[0].length, line.clock);
  if (head === null || stamp === undefined) return undefined;
  const rest = message.slice(stamp.end);
  const level = LEVEL.exec(rest);
  if (level === null) return undefined;
  const draft: Draft = { '@timestamp': stamp.time, 'process.pid': Number(head.groups?.['pid']) };
  draft['log.level'] = levelOf(level.groups?.['level'] ?? '') ?? 'info';
  draft['log.logger'] = level.groups?.['logger'] ?? '';
  const text = rest.slice(level[0].length);
  const failed = FAILED.exec(text);
  if (failed !== null) return withGroups({ ...draft, ...LOGIN_FAILED }, failed.groups ?? {});
  const answered = ANSWERED.exec(text);
  return answered === null ? draft : withGroups({ ...draft, ...ACCESS_EVENT }, answered.groups ?? {});
}

export const immich = application('immich', {
  programs: ['immich', 'immich_server', 'immich-server', 'immich_microservices'],
  types: ['immich server'],
  signatures: [
    {
      starts: '[Nest] ',
      has: ['Failed login attempt for user ', ' from ip address '],
      test: /^\[Nest\] \d{1,9} {1,4}- {1,4}\d{1,2}\/\d{1,2}\/\d{4}, [\d:]{5,8}(?:[ \u202f][AP]M)? {1,12}[A-Z]{3,7} \[[\w.:~-]{1,120}\] Failed login attempt for user /,
    },
    {
      starts: '[Nest] ',
      has: [' [Api:'],
      test: /^\[Nest\] \d{1,9} {1,4}- [\d/, :]{16,26}[^[\]]{0,24}\[Api:\w{1,40}~/,
    },
    {
      starts: '[Nest] ',
      has: [' [Microservices:'],
      test: /^\[Nest\] \d{1,9} {1,4}- [\d/, :]{16,26}[^[\]]{0,24}\[Microservices:/,
    },
  ],
  parse,
});
