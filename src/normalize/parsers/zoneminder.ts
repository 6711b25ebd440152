/**
 * ZoneMinder (`web/includes/logger.php`, `auth.php`): `STAMP PROCESS[PID].LEVEL [ADDR] [TEXT] at FILE line N`; in syslog the process is
 * the tag and `LEVEL [ADDR] [TEXT]` is left. Newer releases write the date as the language does, with fractions behind the zone.
 */
import { application, LOGIN_DETAIL } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^(?:[\d., :]{0,40}(?:web_php|web_js)\[(?<pid>\d{1,9})\]\.)?[A-Z]{3} \[(?<ip>[\da-fA-F:.]+)\] \[`;
const TAIL = String.raw`\](?: at (?:\/[\w./-]{1,200}|\S{1,200}) line \d{1,6})?$`;

const APACHE = String.raw`^\[(?:php\d?)?:\w{1,10}\] \[pid \d{1,9}\] \[client (?<peer>[\d.]+:\d{1,5})\] `;

const row = (has: string, text: string, fields: Wording['fields']): Wording => ({
  has,
  pattern: new RegExp(HEAD + text + TAIL, 's'),
  fields,
});

export const zoneminder = application('zoneminder', {
  programs: ['zoneminder', 'web_php', 'zmc', 'zma', 'zmdc', 'zmpkg', 'zmwatch', 'zmaudit', 'zmfilter', 'zmtelemetry'],
  paths: ['/zoneminder/', '/zm/'],
  ...wordings([
    row('] [Login denied for user "', 'Login denied for user "(?<user>.*)"', LOGIN_FAILED),
    row('] [Could not retrieve user ', '(?<reason>Could not retrieve user) (?<user>.*) details', LOGIN_FAILED),
    row('] [Login successful for user "', 'Login successful for user "(?<user>.*)"', LOGIN_ACCEPTED),
    row('] [Attempted CSRF ', 'Attempted CSRF [^\\]]*', LOGIN_DETAIL),
    // Apache's error log, where ZoneMinder has none of its own.
    {
      has: '] WAR [Login denied for user "',
      pattern: new RegExp(
        String.raw`${APACHE}WAR \[Login denied for user "(?<user>.*)"\](?:, referer: \S{0,2000})?$`,
        's',
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: '] ERR [Could not retrieve user ',
      pattern: new RegExp(
        String.raw`${APACHE}ERR \[(?<reason>Could not retrieve user) (?<user>.*) details\](?:, referer: \S{0,2000})?$`,
        's',
      ),
      fields: LOGIN_FAILED,
    },
  ]),
});
