/**
 * Audiobookshelf (`server/Logger.js`): on the console `LEVEL: TEXT (FILE:LINE)`, in its file a record with `message`. `Auth` is
 * `LocalAuth` since 2.29.
 */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

export const audiobookshelf = application('audiobookshelf', {
  paths: ['audiobookshelf'],
  ...wordings([
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
  ]),
});
