/**
 * Apache Guacamole's web application (`o.a.g.r.auth.AuthenticationService`), in Logback's or its own pattern:
 * `[THREAD] LEVEL LOGGER - TEXT`. Behind proxies the address is a list, the client first. And guacd, its gateway.
 */
import { application } from '../application.ts';
import { END, LOGIN_ACCEPTED, LOGIN_FAILED, SESSION, START } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^(?:\d\d:\d\d:\d\d\.\d{3} )?(?:\[[\w.-]{1,80}\] )?(?:(?<level>[A-Z]{4,5}) {1,2}(?<logger>[\w.]{1,120}) - |WARNING: )`;
const FROM = String.raw`\[?(?<forwarded>[\da-fA-F:., ]+)\]?`;

const row = (has: string, rest: string, fields: Wording['fields']): Wording => ({
  has,
  pattern: new RegExp(HEAD + rest, 's'),
  fields,
});

export const apacheGuacamole = application('apache-guacamole', {
  programs: ['apache-guacamole', 'guacamole', 'guacd'],
  paths: ['guacamole'],
  product: ['apache-guacamole', 'linux'],
  service: ['apache-guacamole', 'guacamole'],
  ...wordings([
    row(
      'Authentication attempt from ',
      `Authentication attempt from ${FROM} for user "(?<user>.*)" failed\\.$`,
      LOGIN_FAILED,
    ),
    row('Authentication attempt from ', `Authentication attempt from ${FROM} failed\\.$`, LOGIN_FAILED),
    row(
      '" successfully authenticated from ',
      `User "(?<user>.*)" successfully authenticated from ${FROM}\\.$`,
      LOGIN_ACCEPTED,
    ),
    row('" disconnected from connection "', String.raw`User "(?<user>.*)" disconnected from connection "[^"]*"\.`, {
      'event.category': SESSION,
      'event.type': END,
      'event.action': 'remote_desktop_closed',
    }),
    row('" connected to connection "', String.raw`User "(?<user>.*)" connected to connection "[^"]*"\.$`, {
      'event.category': SESSION,
      'event.type': START,
      'event.action': 'remote_desktop_opened',
    }),
  ]),
});
