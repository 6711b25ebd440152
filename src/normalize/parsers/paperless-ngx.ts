/**
 * Paperless-ngx (`paperless/signals.py`): `[LEVEL] [paperless.auth] Login failed for user `NAME` from IP `ADDR`.` Releases before 1.14
 * closed the quote behind the full stop. A log-in that works is not logged.
 */
import { application } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

export const paperlessNgx = application('paperless-ngx', {
  programs: ['paperless-ngx', 'paperless', 'paperless-webserver'],
  paths: ['/paperless'],
  ...wordings([
    {
      has: '[paperless.auth] Login failed for user `',
      pattern:
        /^\[(?<level>[A-Z]+)\] \[(?<logger>paperless\.auth)\] Login failed for user `(?<user>.*)` from (?:private )?IP `(?<ip>[\da-fA-F:.]*[\da-fA-F:])\.?`\.?$/s,
      fields: LOGIN_FAILED,
    },
    {
      has: '[paperless.auth] Login failed for user `',
      pattern:
        /^\[(?<level>[A-Z]+)\] \[(?<logger>paperless\.auth)\] Login failed for user `(?<user>.*)`\. Unable to determine IP address\.$/s,
      fields: LOGIN_FAILED,
    },
    { has: '] [paperless.', pattern: /^\[(?<level>[A-Z]{4,8})\] \[(?<logger>paperless\.[\w.]{1,60})\] /, fields: {} },
  ]),
});
