/**
 * Audiobookshelf (`server/Logger.js`): on the console `LEVEL: TEXT (FILE:LINE)`, in its file a record with `message`. `Auth` is
 * `LocalAuth` since 2.29.
 */
import type { Fields } from '#contract';
import { application, wordOf } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { wordings } from '../wordings.ts';
import type { Line, Parsed } from './parser.ts';

const { signatures, parse } = wordings([
  {
    has: 'Auth] Failed login attempt for username "',
    pattern:
      /^(?:(?<level>[A-Z]+): )?\[(?<logger>(?:Local)?Auth)\] Failed login attempt for username "(?<user>.*)" from ip (?<ip>[\da-fA-F:.]+) \((?<reason>[^()]*)\)(?: \([\w.]+:\d+\))?$/s,
    fields: LOGIN_FAILED,
  },
  {
    has: 'Auth] User "',
    pattern:
      /^(?:(?<level>[A-Z]+): )?\[(?<logger>(?:Local|Oidc)?Auth)\] User "(?<user>.*)" logged in from ip (?<ip>[\da-fA-F:.]+)(?: \([\w.]+:\d+\))?$/s,
    fields: LOGIN_ACCEPTED,
  },
]);

function read(record: Fields, line: Line): Parsed | undefined {
  const level = wordOf(record, 'levelName');
  if (level === undefined || record['source'] === undefined) return undefined;
  return { 'log.level': levelOf(level) ?? null, 'service.name': null, ...parse(wordOf(record, 'message') ?? '', line) };
}

export const audiobookshelf = application('audiobookshelf', {
  paths: ['audiobookshelf'],
  signatures,
  records: [{ keys: ['levelName', 'source', 'message', 'level'], values: { source: /^[\w./-]{1,120}\.js:\d{1,6}$/ } }],
  parse,
  read,
});
