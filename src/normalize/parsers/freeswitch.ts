/** FreeSWITCH (mod_sofia's sofia_reg.c): `STAMP [IDLE%] [LEVEL] FILE:LINE text`, the idle share since 1.10. A challenge is no failure. */
import { LOGIN_FAILED, NETWORK } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const HEAD = String.raw`^(?:[\da-f-]{36} )?(?:[\d.]{1,6}% )?\[(?<level>\w{4,8})\] [\w.]{1,64}:\d{1,6} `;
const sip = (action: string, type: string): Parsed => ({
  'event.category': NETWORK,
  'event.type': [type],
  'event.action': action,
  'network.protocol': 'sip',
});

export const freeswitch: Parser = {
  name: 'freeswitch',
  programs: ['freeswitch'],
  types: ['fusionpbx'],
  paths: ['/freeswitch/', 'freeswitch.log'],
  dataset: 'freeswitch.log',
  product: 'freeswitch',
  service: 'freeswitch',
  ...wordings([
    {
      has: '] sofia_reg.c:',
      pattern: new RegExp(
        `${HEAD}(?<reason>SIP auth failure) \\(\\w{1,16}\\) on sofia profile '[^']{1,128}' for \\[(?<user>.*)\\] from ip (?<ip>[\\da-fA-F.:]{2,45})$`,
        's',
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: '] sofia_reg.c:',
      pattern: new RegExp(
        `${HEAD}(?<reason>Can't find user) \\[(?<user>[^\\[\\]]{0,512})\\] from (?<ip>[\\da-fA-F.:]{2,45})(?:\\s|$)`,
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: '] sofia_reg.c:',
      pattern: new RegExp(
        `${HEAD}SIP auth challenge \\(\\w{1,16}\\) on sofia profile '[^']{1,128}' for \\[(?<user>.*)\\] from ip (?<ip>[\\da-fA-F.:]{2,45})$`,
        's',
      ),
      fields: sip('sip_challenge', 'info'),
    },
    {
      has: '] sofia',
      pattern: new RegExp(`${HEAD}IP (?<ip>[\\da-fA-F.:]{2,45}) (?<reason>Rejected by (?:register )?acl)`),
      fields: sip('sip_refused', 'denied'),
    },
  ]),
};
