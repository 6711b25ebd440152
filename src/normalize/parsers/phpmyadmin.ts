/** phpMyAdmin (`Logging::logUser`, `$cfg['AuthLog']`): `user denied: NAME (mysql-denied) from ADDR`. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

export const phpmyadmin = application('phpmyadmin', {
  ...wordings([
    {
      starts: 'user denied: ',
      pattern:
        /^user denied: (?<user>.*) \((?<reason>(?:mysql|allow|root|empty|server)-denied)\) from (?<ip>[\da-fA-F:.]+)\s?$/s,
      fields: LOGIN_FAILED,
    },
    {
      starts: 'user authenticated: ',
      pattern: /^user authenticated: (?<user>.*) from (?<ip>[\da-fA-F:.]+)\s?$/s,
      fields: LOGIN_ACCEPTED,
    },
  ]),
});
