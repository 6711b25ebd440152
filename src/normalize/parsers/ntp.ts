/** Clocks kept right: chronyd, ntpd, OpenNTPD, systemd-timesyncd. A clock that jumps spoils evidence; a source that changes may be why. */
import { HOST, NETWORK } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const clock = (action: string, type: string): Parsed => ({
  'event.category': HOST,
  'event.type': [type],
  'event.action': action,
});
const source = (action: string, type: string): Parsed => ({
  'event.category': NETWORK,
  'event.type': [type],
  'event.action': action,
  'network.protocol': 'ntp',
});
const IP = String.raw`[\da-fA-F.:]{2,45}`;

export const ntp: Parser = {
  name: 'ntp',
  programs: ['chronyd', 'ntpd', 'systemd-timesyncd', 'ntpdate', 'openntpd', 'ntpdig'],
  types: ['chrony'],
  dataset: 'ntp.log',
  service: ['ntp', 'syslog'],
  namesItself: true,
  ...wordings([
    {
      starts: 'Selected source ',
      pattern: new RegExp(`^Selected source (?<server>${IP})`),
      fields: source('time_source_selected', 'info'),
    },
    {
      has: ' time server ',
      pattern: new RegExp(
        `^(?:Contacted time server|Initial clock synchronization to .{1,80} from time server|Initial synchronization to time server) \\[?(?<server>${IP}?)\\]?:123(?: |$)`,
      ),
      fields: source('time_source_selected', 'info'),
    },
    {
      starts: 'Source ',
      pattern: new RegExp(`^Source (?<server>${IP}) (?:\\([^()]{1,255}\\) )?(?<reason>offline|online|replaced with)`),
      fields: source('time_source_changed', 'change'),
    },
    {
      starts: 'System clock wrong by ',
      pattern: /^(?<reason>System clock wrong by -?[\d.]{1,20} seconds)/,
      fields: clock('clock_wrong', 'info'),
    },
    {
      starts: 'System clock was stepped by ',
      pattern: /^(?<reason>System clock was stepped by -?[\d.]{1,20} seconds)/,
      fields: clock('clock_stepped', 'change'),
    },
    { starts: 'Forward time jump detected', fields: clock('clock_stepped', 'change') },
    { starts: 'Backward time jump detected', fields: clock('clock_stepped', 'change') },
    {
      starts: 'time reset ',
      pattern: /^(?<reason>time reset [+-][\d.]{1,20} s)/,
      fields: clock('clock_stepped', 'change'),
    },
    {
      starts: 'step time server ',
      pattern: new RegExp(`^step time server (?<server>${IP}) offset (?<reason>[+-][\\d.]{1,20} sec)`),
      fields: clock('clock_stepped', 'change'),
    },
    {
      starts: "Can't synchronise: ",
      pattern: /^(?<reason>Can't synchronise: .{1,100})$/,
      fields: clock('clock_unsynchronised', 'error'),
    },
    {
      starts: 'Timed out waiting for reply from ',
      pattern: new RegExp(`^(?<reason>Timed out waiting for reply) from \\[?(?<server>${IP}?)\\]?:123(?: |$)`),
      fields: source('time_source_silent', 'error'),
    },
    {
      starts: 'receive: ',
      pattern: new RegExp(
        `^receive: (?<reason>[^0-9]{1,80}) [\\dx.a-f]{1,40} (?:does not match [\\dx.a-f]{1,40} )?from (?<ip>${IP})`,
      ),
      fields: source('time_packet_refused', 'denied'),
    },
  ]),
};
