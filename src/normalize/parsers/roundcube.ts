/**
 * Roundcube Webmail (`rcmail_utils::log_login`, `rcube_imap`): `FAILED login for USER from ADDR …` in syslog and `userlogins.log`,
 * `IMAP Error: Login failed for USER from ADDR. …` in `errors.log`: the same attempt told by another log.
 */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

const HEAD = String.raw`^(?:<\w{1,40}> )?`;
const ADDRESS = String.raw`(?<ip>[\da-fA-F:.]*[\da-fA-F])(?:\(X-(?:Forwarded-For|Real-IP): [^()]{0,300}\)){0,3}`;

export const roundcube = application('roundcube', {
  paths: ['roundcube'],
  ...wordings([
    {
      has: 'ailed login for ',
      pattern: new RegExp(
        `${HEAD}Failed login for (?<user>.*) from ${ADDRESS} in session \\w{1,80} \\(error: \\d{1,9}\\)$`,
        's',
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: 'FAILED login for ',
      pattern: new RegExp(
        `${HEAD}FAILED login for (?<user>.*) from ${ADDRESS}(?: in session \\w{1,80} \\(error: \\d{1,9}\\))?$`,
        's',
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: 'Successful login for ',
      pattern: new RegExp(
        `${HEAD}Successful login for (?<user>.*) \\(ID: (?<uid>\\d{1,9})\\) from ${ADDRESS} in session \\w{1,80}$`,
        's',
      ),
      fields: LOGIN_ACCEPTED,
    },
    {
      has: 'IMAP Error: Login failed for ',
      pattern: new RegExp(
        `${HEAD}IMAP Error: Login failed for (?<user>\\S{1,320})(?: against \\S{1,255})? from ${ADDRESS}\\. (?<reason>[^\\n]{1,600}) in \\/\\S{1,300} on line \\d{1,6}`,
      ),
      fields: LOGIN_FAILED,
    },
  ]),
});
