/**
 * Emby Server (`embyserver.txt`): `LEVEL CLASS: TEXT`. A refused log-in has two lines; the one with the address, `AUTH-ERROR`, is counted,
 * the one with the name is not.
 */
import { application, LOGIN_DETAIL } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { ACCESS_EVENT } from '../http.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^(?<level>Info|Warn|Error|Debug|Fatal) (?<logger>\w{1,60}): `;

const row = (has: string, rest: string, fields: Wording['fields'], quiet = false): Wording => ({
  has,
  pattern: new RegExp(HEAD + rest, 's'),
  fields,
  quiet,
});

export const emby = application('emby', {
  programs: ['emby', 'emby-server', 'embyserver'],
  paths: ['embyserver', '/emby/'],
  ...wordings([
    row(
      ': AUTH-ERROR: ',
      String.raw`AUTH-ERROR: (?<ip>\S+) - (?<reason>Invalid username or password entered)\.?$`,
      LOGIN_FAILED,
    ),
    row(': AUTH-ERROR: ', String.raw`AUTH-ERROR: (?<ip>\S+) - (?<reason>[^\r\n]*?)\.?$`, {
      ...LOGIN_FAILED,
      'event.action': 'token',
    }),
    row(
      ' UserManager: Authentication request for ',
      String.raw`Authentication request for (?<user>.*) has succeeded\.$`,
      LOGIN_ACCEPTED,
    ),
    row(
      ' UserManager: Authentication request for ',
      String.raw`Authentication request for (?<user>.*) has been denied(?: \(IP: [^()]*\))?\.$`,
      LOGIN_DETAIL,
    ),
    row(
      ' Source Ip: ',
      String.raw`http/\d(?:\.\d)? (?<method>[A-Z]{3,7}) (?<url>\S+?)\.? Source Ip: (?<ip>[^\s,]+), UserAgent: (?<agent>.*)$`,
      ACCESS_EVENT,
      true,
    ),
    row(
      ' Response ',
      String.raw`http/\d(?:\.\d)? Response (?<status>\d{3}) to (?<ip>\S+?)\. Time: \d+ms\. (?:(?<method>[A-Z]{3,7}) )?(?<url>\S*)$`,
      ACCESS_EVENT,
      true,
    ),
    row(': ', '', {}, true),
  ]),
});
