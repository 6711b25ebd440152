/** AVM FRITZ!Box: its event log in German and English, as collectors and TR-064 scripts export it (`28.02.26 10:00:00 TEXT`). */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK } from '../ecs.ts';
import { stampOf } from '../stamp.ts';
import { wordings } from '../wordings.ts';
import type { Line, Parsed } from './parser.ts';

const net = (action: string, ...types: string[]): Parsed => ({
  'event.category': NETWORK,
  'event.type': types,
  'event.action': action,
});
const IP = String.raw`(?<ip>[\da-fA-F:.]{2,45}?)`;
const re = (source: string): RegExp => new RegExp(`^${source}`, 's');
const STAMP = /^(\d\d)\.(\d\d)\.(\d\d) (\d\d:\d\d:\d\d) /;

const rows = wordings([
  {
    starts: 'Anmeldung ',
    has: 'FRITZ!Box-Benutzeroberfläche',
    pattern: re(
      String.raw`Anmeldung (?:des Benutzers (?<user>.*) )?an der FRITZ!Box-Benutzeroberfläche von IP-Adresse ${IP} gescheitert \((?<reason>[^()]{1,100})\)\.?$`,
    ),
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Anmeldung ',
    has: 'FRITZ!Box-Benutzeroberfläche',
    pattern: re(
      String.raw`Anmeldung (?:des Benutzers (?<user>.*) )?an der FRITZ!Box-Benutzeroberfläche von IP-Adresse ${IP}\.?$`,
    ),
    fields: LOGIN_ACCEPTED,
  },
  {
    starts: 'Login ',
    has: 'FRITZ!Box user interface',
    pattern: re(
      String.raw`Login (?:of user (?<user>.*) )?to the FRITZ!Box user interface from IP address ${IP} failed \((?<reason>[^()]{1,100})\)\.?$`,
    ),
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Login ',
    has: 'FRITZ!Box user interface',
    pattern: re(String.raw`Login (?:of user (?<user>.*) )?to the FRITZ!Box user interface from IP address ${IP}\.?$`),
    fields: LOGIN_ACCEPTED,
  },
  {
    has: ['WLAN', ' angemeldet'],
    pattern: re(
      String.raw`(?:Neues )?(?:WLAN-Gerät|Gerät an WLAN) (?:erstmalig )?(?:hat sich )?(?:neu )?angemeldet(?: \([^()]{1,40}\))?, .{0,40}?, (?<hostname>.*), IP ${IP}, MAC (?<mac>[\dA-Fa-f:]{17})`,
    ),
    fields: net('wireless_client', 'connection', 'start'),
    quiet: true,
  },
  {
    starts: 'Internetverbindung wurde erfolgreich hergestellt',
    fields: net('internet_up', 'connection', 'start'),
  },
  { starts: 'Internetverbindung wurde getrennt', fields: net('internet_down', 'connection', 'end') },
]);

function parse(message: string, line: Line): Parsed | undefined {
  const stamp = STAMP.exec(message);
  const parsed = rows.parse(message.slice(stamp?.[0].length ?? 0), line);
  if (parsed === undefined || stamp === null) return parsed;
  const [, day = '', month = '', year = '', clock = ''] = stamp;
  const time = stampOf(`20${year}-${month}-${day} ${clock}`, line.clock);
  return time === undefined ? parsed : { ...parsed, '@timestamp': time };
}

export const fritzbox = application('fritzbox', {
  programs: ['fritzbox', 'fritz.box'],
  types: ['avm', 'fritz'],
  paths: ['fritzbox', 'fritz'],
  signatures: [
    { has: ['FRITZ!Box-Benutzeroberfläche von IP-Adresse '], test: /^(?:\d\d\.\d\d\.\d\d [\d:]{8} )?Anmeldung / },
    { has: ['FRITZ!Box user interface from IP address '], test: /^(?:\d\d\.\d\d\.\d\d [\d:]{8} )?Login / },
  ],
  parse,
});
