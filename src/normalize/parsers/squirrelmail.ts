/** SquirrelMail with its Squirrel Logger: `[LOGIN_ERROR] USER (DOMAIN) from ADDR: REASON`. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const row = (event: string, tail: string, fields: Wording['fields']): Wording => ({
  starts: `[${event}] `,
  pattern: new RegExp(
    String.raw`^\[${event}\] (?<user>.*) \((?<domain>[\w.-]{1,255})\) from (?<ip>[\da-fA-F:.]*[\da-fA-F])${tail}$`,
    's',
  ),
  fields,
});

export const squirrelmail = application('squirrelmail', {
  paths: ['squirrelmail'],
  ...wordings([
    row('LOGIN_ERROR', String.raw`: (?<reason>[^\n]{1,300})`, LOGIN_FAILED),
    row('LOGIN', '(?::[^\\n]{0,300})?', LOGIN_ACCEPTED),
    row('LOGOUT', '(?::[^\\n]{0,300})?', LOGOUT),
  ]),
});
