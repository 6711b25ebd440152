/** Calibre-Web (`cps/web.py`, `cps/logger.py`): `LEVEL {MODULE:LINE} TEXT`. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

export const calibreWeb = application('calibre-web', {
  programs: ['calibre-web', 'cps'],
  paths: ['calibre-web'],
  ...wordings([
    {
      has: '} Login failed for user "',
      pattern:
        /^ *(?<level>[A-Z]+) \{(?<logger>cps[\w.]*):\d+\} Login failed for user "(?<user>.*)" IP-address: (?<ip>\S+)$/s,
      fields: LOGIN_FAILED,
    },
    {
      has: '} LDAP Login failed for user "',
      pattern:
        /^ *(?<level>[A-Z]+) \{(?<logger>cps[\w.]*):\d+\} LDAP Login failed for user "(?<user>.*)" IP-address: (?<ip>\S+)$/s,
      fields: LOGIN_FAILED,
    },
    {
      has: '} You are now logged in as: ',
      pattern: /^ *(?<level>[A-Z]+) \{(?<logger>cps[\w.]*):\d+\} You are now logged in as: ['"](?<user>.*)['"]$/s,
      fields: LOGIN_ACCEPTED,
    },
    { has: ' {cps', pattern: /^ *(?<level>[A-Z]{4,8}) \{(?<logger>cps[\w.]{0,60}):\d+\} /, fields: {} },
  ]),
});
