/**
 * Stirling-PDF (Spring Boot): `LEVEL LOGGER [THREAD] TEXT`. `CustomAuthenticationFailureHandler` up to 1.x, `AuthController` from 2.x.
 */
import { application, LOGIN_DETAIL } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^(?<level>[A-Z]{4,5}) {1,2}(?<logger>(?:s\.s|stirling\.software)\.[\w.]{1,120}) \[[\w -]{1,60}\] `;
const ADDRESS = String.raw`\[?(?<ip>[\da-fA-F:.]+)\]?$`;

const row = (has: string, rest: string, fields: Wording['fields']): Wording => ({
  has,
  pattern: new RegExp(HEAD + rest, 's'),
  fields,
});

export const stirlingPdf = application('stirling-pdf', {
  programs: ['stirling-pdf', 'stirling', 'stirlingpdf'],
  paths: ['stirling'],
  ...wordings([
    row('] Failed login attempt from IP: ', `Failed login attempt from IP: ${ADDRESS}`, LOGIN_FAILED),
    row(
      '] Invalid password for user: ',
      `(?<reason>Invalid password) for user: (?<user>.*) from IP: ${ADDRESS}`,
      LOGIN_FAILED,
    ),
    row(
      '] Blocked account login attempt for user: ',
      `(?<reason>Blocked account) login attempt for user: (?<user>.*) from IP: ${ADDRESS}`,
      LOGIN_FAILED,
    ),
    row(
      '] Disabled user attempted login: ',
      `(?<reason>Disabled user) attempted login: (?<user>.*) from IP: ${ADDRESS}`,
      LOGIN_FAILED,
    ),
    row('] User not found: ', String.raw`(?<reason>User not found): (?<user>.*)$`, LOGIN_FAILED),
    row(
      '] Authentication failed for user: ',
      `Authentication failed for user: (?<user>.*) from IP: ${ADDRESS}`,
      LOGIN_FAILED,
    ),
    row('] Login successful for user: ', `Login successful for user: (?<user>.*) from IP: ${ADDRESS}`, LOGIN_ACCEPTED),
    row('] Login attempt for user: ', `Login attempt for user: (?<user>.*) from IP: ${ADDRESS}`, LOGIN_DETAIL),
    { has: ' s.s.', pattern: new RegExp(HEAD), fields: {} },
  ]),
});
