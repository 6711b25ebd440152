/**
 * Firefly III's audit channel (`LoginController.php`, Laravel): `CHANNEL.LEVEL: AUDIT: TEXT (ADDR -> METHOD:URL)`. `User is trying to login`
 * comes before each attempt; what became of it is the next line.
 */
import { application, LOCKED_OUT, LOGIN_ANNOUNCED, SECOND_FACTOR_FAILED } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^\w{1,40}\.(?<level>[A-Z]{4,9}): AUDIT: `;
const TAIL = String.raw` \((?<ip>[\da-fA-F:.]+) -> (?<method>[A-Z]{3,10}):(?<url>[^\s)]*)\)(?: [[{].{0,2000})?$`;

const row = (text: string, pattern: string, fields: Wording['fields']): Wording => ({
  has: `AUDIT: ${text}`,
  pattern: new RegExp(HEAD + pattern + TAIL, 's'),
  fields,
});

export const fireflyiii = application('fireflyiii', {
  programs: ['fireflyiii', 'firefly-iii', 'firefly_iii_core', 'firefly'],
  paths: ['ff3-audit', 'firefly'],
  ...wordings([
    row(
      'Login failed. Attempt for user "',
      String.raw`Login failed\. Attempt for user "(?<user>.*)" failed\.`,
      LOGIN_FAILED,
    ),
    row('Login attempt for user "', String.raw`Login attempt for user "(?<user>.*)" failed\.`, LOGIN_FAILED),
    row('User is trying to login using "', 'User is trying to login using "(?<user>.*)"', LOGIN_ANNOUNCED),
    row('Login for user "', String.raw`Login for user "(?<user>.*)" was locked out\.`, LOCKED_OUT),
    row('User "', String.raw`User "(?<user>.*)" has been logged in\.`, LOGIN_ACCEPTED),
    row('User "', String.raw`User "(?<user>.*)" has had \d{1,6} failed MFA attempts\.`, SECOND_FACTOR_FAILED),
    row('User has been logged out', 'User has been logged out[^()]{0,80}', LOGOUT),
  ]),
});
