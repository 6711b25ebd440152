/**
 * IIS 6–10, W3C format (times are UTC), and NCSA. A blank in a value is written `+`; it is left, since a plus looks the same. The columns
 * are the site's choice (`web/w3c.ts`); the usual ones are IIS 7's and IIS 6's.
 *
 * 401 alone is the question for a password. `401.1` with a Windows error that says that the password, the name or the account was refused
 * is an attempt that failed; Negotiate's first leg is a 401.1 as well, with another code.
 */
import { setPeer } from '../address.ts';
import { LOGIN_FAILED, toNumber } from '../ecs.ts';
import { accessOf, webServer } from '../web/server.ts';
import { directive, requestOf, rowOf } from '../web/w3c.ts';
import type { Line, Parsed } from './parser.ts';

const IIS_7 =
  'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(user-agent) cs(referer) sc-status sc-substatus sc-win32-status time-taken';
const IIS_6 = IIS_7.replace('time s-ip', 'time s-sitename s-ip').replace(' cs(referer)', '').replace(' time-taken', '');
const COLUMNS = [
  IIS_7,
  IIS_6,
  IIS_7.replace(' cs(referer)', ''),
  IIS_7.replace(' cs(referer)', '').replace(' time-taken', ''),
  IIS_7.replace('time s-ip', 'time s-sitename s-ip'),
  'date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version cs(user-agent) cs(cookie) cs(referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken',
].map((names) => names.split(' '));

/** ERROR_LOGON_FAILURE, the account's restrictions, and SEC_E_LOGON_DENIED. */
const REFUSED = new Map([
  ['1326', 'unknown user name or bad password'],
  ['1327', 'account restriction'],
  ['1330', 'password expired'],
  ['1331', 'account disabled'],
  ['1793', 'account expired'],
  ['1907', 'password must change'],
  ['1909', 'account locked out'],
  ['2148074252', 'logon denied'],
]);

function parse(message: string, line: Line): Parsed | undefined {
  const { message: whole, memory } = line;
  if (directive(whole, memory))
    return { 'event.category': ['web'], 'event.type': ['info'], 'event.dataset': 'iis.log' };
  const row = rowOf(whole.split(' ', 130), COLUMNS, memory);
  const draft = row === undefined ? undefined : requestOf(row, 'iis', false, (value) => value);
  if (row === undefined || draft === undefined) return accessOf('iis', message, line)?.fields;
  setPeer(draft, row.get('s-ip') ?? '', toNumber(row.get('s-port')), 'destination');
  const took = toNumber(row.get('time-taken'));
  if (took !== undefined) draft['event.duration'] = took * 1e6;
  const site = row.get('s-sitename');
  if (site !== undefined) draft['iis.access.site_name'] = site;
  const code = row.get('sc-win32-status') ?? '0';
  const reason = row.get('sc-status') === '401' && row.get('sc-substatus') === '1' ? REFUSED.get(code) : undefined;
  if (reason === undefined) return draft;
  return {
    ...draft,
    ...LOGIN_FAILED,
    'event.category': ['authentication', 'web'],
    'event.reason': reason,
    'event.code': code,
  };
}

const ROW =
  /^(?:W3SVC\d{1,9} (?:\S{1,64} )?)?[\da-fA-F:.]{2,45} [A-Z]{3,20} \/\S{0,8000} \S{1,8000} \d{1,5} \S{1,255} [\da-fA-F:.%]{2,60} .{1,4000} \d{3} \d{1,3} \d{1,10}(?: \d{1,12}){0,3}$/;

export const iis = webServer('iis', {
  programs: ['iis', 'w3wp', 'w3svc'],
  types: ['w3c', 'iis-w3c'],
  paths: ['/inetpub/', '/w3svc', 'u_ex', 'u_in'],
  product: 'windows',
  signatures: [
    { starts: '#Software: Microsoft Internet Information Services' },
    { starts: '#Fields: date time ', has: [' cs-method ', ' c-ip'] },
    ...[' GET /', ' POST /', ' HEAD /', ' OPTIONS /', ' PUT /', ' PROPFIND /', ' DELETE /', ' DEBUG /'].map(
      (method) => ({
        has: [method],
        test: ROW,
      }),
    ),
  ],
  parse,
});
