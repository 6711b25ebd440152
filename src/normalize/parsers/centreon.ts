/** Centreon (`login.log`): `STAMP|UID|PAGE|OPTION|[WEB] [ADDR] Authentication failed for 'USER' : REASON`. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

const HEAD = String.raw`^(?:\d{4}-\d\d-\d\d \d\d:\d\d)?\|-?\d{1,9}\|\d{1,9}\|\d{1,9}\|\[(?:WEB|CLAPI)\] \[(?<ip>[\da-fA-F:.]+)\] `;

export const centreon = application('centreon', {
  paths: ['centreon'],
  ...wordings([
    {
      has: "] Authentication failed for '",
      pattern: new RegExp(`${HEAD}Authentication failed for '(?<user>.*)'(?: : (?<reason>[\\w ]{1,80}))?$`, 's'),
      fields: LOGIN_FAILED,
    },
    {
      has: "] Authentication succeeded for '",
      pattern: new RegExp(`${HEAD}Authentication succeeded for '(?<user>.*)'$`, 's'),
      fields: LOGIN_ACCEPTED,
    },
  ]),
});
