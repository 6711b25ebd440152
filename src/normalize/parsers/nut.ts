/** Network UPS Tools: upsmon's notices and upsd's clients. */
import { HOST, LOGIN_FAILED, NETWORK, SESSION } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const power = (action: string, type: string): Parsed => ({
  'event.category': HOST,
  'event.type': [type],
  'event.action': action,
});
const UPS = String.raw`^(?:UPS )?(?<device>[\w.-]{1,64}@[\w.-]{1,255}(?::\d{1,5})?):? `;

export const nut: Parser = {
  name: 'nut',
  programs: ['upsmon', 'upsd', 'nut-monitor', 'nut-server', 'usbhid-ups', 'upssched'],
  dataset: 'nut.log',
  service: ['nut', 'syslog'],
  namesItself: true,
  ...wordings([
    { has: ' on battery', pattern: new RegExp(`${UPS}on battery$`), fields: power('ups_on_battery', 'change') },
    { has: ' on line power', pattern: new RegExp(`${UPS}on line power$`), fields: power('ups_on_line', 'change') },
    { has: ' battery is low', pattern: new RegExp(`${UPS}battery is low$`), fields: power('ups_battery_low', 'error') },
    {
      has: ' battery needs ',
      pattern: new RegExp(`${UPS}battery needs (?:to be replaced|replacement)`),
      fields: power('ups_battery_worn', 'error'),
    },
    {
      starts: 'Communications with UPS ',
      has: ' lost',
      pattern: /^Communications with UPS (?<device>\S{1,320}) lost$/,
      fields: power('ups_lost', 'error'),
    },
    {
      starts: 'Communications with UPS ',
      has: ' established',
      pattern: /^Communications with UPS (?<device>\S{1,320}) established$/,
      fields: power('ups_found', 'info'),
    },
    { starts: 'Auto logout and shutdown proceeding', fields: power('ups_shutdown', 'end') },
    {
      starts: 'User ',
      has: ' logged in',
      pattern:
        /^User (?<user>.{1,64})@(?<ip>[\da-fA-F.:]{2,45}) logged into UPS \[(?<device>[\w.-]{1,64})\](?: \(\w{1,16}\))?$/,
      fields: {
        'event.category': ['authentication', 'session'],
        'event.type': ['start'],
        'event.action': 'login',
        'event.outcome': 'success',
      },
    },
    {
      starts: 'User ',
      has: ' logged out',
      pattern:
        /^User (?<user>.{1,64})@(?<ip>[\da-fA-F.:]{2,45}) logged out from UPS \[(?<device>[\w.-]{1,64})\](?: \(\w{1,16}\))?$/,
      fields: { 'event.category': SESSION, 'event.type': ['end'], 'event.action': 'logout' },
    },
    {
      starts: 'Login on UPS [',
      has: ' failed',
      pattern: /^Login on UPS \[(?<device>[^[\]]{1,320})\] failed - got \[(?<reason>[^[\]]{1,64})\]$/,
      fields: LOGIN_FAILED,
    },
    {
      starts: 'Connection from ',
      pattern: /^Connection from (?<ip>[\da-fA-F.:]{2,45})$/,
      fields: { 'event.category': NETWORK, 'event.type': ['connection', 'start'], 'event.action': 'connect' },
      quiet: true,
    },
    {
      starts: 'Rejecting TCP connection from ',
      pattern: /^Rejecting TCP connection from (?<ip>[\da-fA-F.:]{2,45})/,
      fields: {
        'event.category': NETWORK,
        'event.type': ['connection', 'denied'],
        'event.action': 'connection_refused',
      },
    },
  ]),
};
