/**
 * Sonarr, Radarr, Prowlarr, Lidarr, Readarr, Whisparr (`AuthenticationService.cs`): in their files `|LEVEL|Auth|TEXT`, on the console and in
 * syslog `[LEVEL] Auth: TEXT`. The line does not say which of them wrote it; under Mono the tag is the runtime's.
 */
import { application, LOCKED_OUT } from '../application.ts';
import { DENIED, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, WEB } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^[|[](?<level>[A-Z][a-z]{3,4})(?:\|Auth\||\] Auth: )`;

const row = (word: string, rest: string, fields: Wording['fields']): Wording => ({
  has: `Auth-${word} ip `,
  pattern: new RegExp(`${HEAD}Auth-${word} ip (?<ip>[\\da-fA-F:.]+)${rest}$`, 's'),
  fields,
});
const USER = ` username '(?<user>.*)'`;

export const servarr = application('servarr', {
  programs: ['servarr', 'sonarr', 'radarr', 'prowlarr', 'lidarr', 'readarr', 'whisparr'],
  paths: ['sonarr', 'radarr', 'prowlarr', 'lidarr', 'readarr', 'whisparr'],
  ...wordings([
    row('Failure', USER, LOGIN_FAILED),
    row('Success', USER, LOGIN_ACCEPTED),
    row('Logout', USER, LOGOUT),
    row('Lockout', USER, LOCKED_OUT),
    // A visitor without a session is sent to the log-in page.
    row('Unauthorized', ` url '(?<url>.*)'`, {
      'event.category': WEB,
      'event.type': DENIED,
      'event.action': 'unauthorized_request',
    }),
    row('Invalidated', '', { 'event.category': WEB, 'event.type': DENIED, 'event.action': 'session_invalidated' }),
  ]),
});
