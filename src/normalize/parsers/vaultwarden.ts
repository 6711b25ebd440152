/**
 * Vaultwarden and its predecessor bitwarden_rs (`src/api/identity.rs`, `admin.rs`, `core/two_factor/`): `[TARGET][LEVEL] TEXT`. Its own
 * `IP: ADDR` stands in front of the name that the client chose, or at the end.
 */
import { application, SECOND_FACTOR_FAILED } from '../application.ts';
import { ACCESS_EVENT } from '../http.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^\[(?<logger>(?:vaultwarden|bitwarden_rs)::[\w:]{1,80})\]\[(?<level>[A-Z]+)\] `;

const row = (has: string, rest: string, fields: Wording['fields']): Wording => ({
  has,
  pattern: new RegExp(HEAD + rest, 's'),
  fields,
});

export const vaultwarden = application('vaultwarden', {
  programs: ['vaultwarden', 'bitwarden_rs'],
  paths: ['vaultwarden'],
  ...wordings([
    row(
      '] Username or password is incorrect. Try again. IP: ',
      String.raw`(?<reason>Username or password is incorrect)\. Try again\. IP: (?<ip>\S+)\. Username: (?<user>.*)\.$`,
      LOGIN_FAILED,
    ),
    row(
      '] This user has been disabled',
      String.raw`(?<reason>This user has been disabled)(?: \(API key login\))?\.? IP: (?<ip>\S+)\. Username: (?<user>.*)\.$`,
      LOGIN_FAILED,
    ),
    row(
      ' logged in successfully',
      String.raw`User (?<user>.*) logged in successfully(?: via API key)?\. IP: (?<ip>\S+)$`,
      LOGIN_ACCEPTED,
    ),
    row('] Invalid admin token. IP: ', String.raw`(?<reason>Invalid admin token)\. IP: (?<ip>\S+)$`, {
      ...LOGIN_FAILED,
      'user.roles': ['admin'],
    }),
    row(
      'two_factor::',
      String.raw`(?<reason>Invalid TOTP code!|Token is invalid!|This TOTP or a TOTP code within [^!]{1,60}!) (?:Server time: [\d :-]{19} UTC )?IP: (?<ip>\S+)$`,
      SECOND_FACTOR_FAILED,
    ),
    row(
      ' client_',
      String.raw`(?<reason>(?:Invalid|Incorrect|Malformed) client_(?:id|secret))\.? IP: (?<ip>\S+?)\.?(?: Username: (?<user>.*)\.)?$`,
      LOGIN_FAILED,
    ),
    // Rocket's own lines: the answer repeats the request.
    {
      starts: '[response][',
      has: ' => ',
      pattern:
        /^\[response\]\[(?<level>[A-Z]+)\] (?:\(\w+\) )?(?<method>[A-Z]{3,7}) (?<url>\S+) => (?<status>\d{3}) [A-Z][\w -]*$/,
      fields: ACCESS_EVENT,
      quiet: true,
    },
    { has: ':', pattern: new RegExp(HEAD), fields: {}, quiet: true },
  ]),
});
