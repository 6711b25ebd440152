/**
 * ConfigServer's login failure daemon (lfd of csf): a detection a line, `(TRIGGER) text ADDR (CC/Country/host): N in the last M secs - *Blocked
 * in csf* [LF_X]`. The country and the host's name come from look-ups; the address is taken from the daemon's own words in front.
 */
import { INTRUSION } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const found = (action: string, ...more: string[]): Parsed => ({
  'event.kind': 'alert',
  'event.category': [...INTRUSION, ...more],
  'event.type': ['denied'],
  'event.action': action,
});
const IP = String.raw`(?<ip>[\da-fA-F.:]{2,45}) \(`;
const RULE = String.raw`.{0,1024}?(?: \[(?<rule>[A-Z][A-Z_\d]{1,30})\])?$`;

export const lfd: Parser = {
  name: 'lfd',
  programs: ['lfd'],
  types: ['csf', 'configserver-lfd'],
  paths: ['lfd.log'],
  dataset: 'lfd.log',
  service: 'lfd',
  namesItself: true,
  ...wordings([
    {
      starts: '(',
      has: ' login from ',
      pattern: new RegExp(`^\\([\\w-]{1,32}\\) (?<reason>Failed [\\w /-]{1,40} login) from ${IP}${RULE}`, 's'),
      fields: found('brute_force', 'authentication'),
    },
    {
      starts: '(',
      has: ' triggered by ',
      pattern: new RegExp(
        `^\\([\\w-]{1,32}\\) (?<reason>[^()]{1,64}) \\(id:(?<ruleId>[\\w.-]{1,32})\\) triggered by ${IP}.{0,1024}$`,
        's',
      ),
      fields: found('attack'),
    },
    {
      starts: '(',
      has: ' from ',
      pattern: new RegExp(`^\\([\\w-]{1,32}\\) (?<reason>[^()]{1,80}?) from ${IP}${RULE}`, 's'),
      fields: found('attack'),
      quiet: true,
    },
    {
      starts: '*Port ',
      pattern: new RegExp(`^\\*(?<reason>Port (?:Scan|Flood|Knocking))\\* detected from ${IP}${RULE}`, 's'),
      fields: found('port_scan', 'network'),
    },
    {
      starts: '*',
      has: '* from ',
      pattern:
        /^\*(?<reason>SSH login|WHM\/cPanel root access|SU login)\* from (?<ip>[\da-fA-F.:]{2,45})(?: into the (?<user>\S{1,64}) account)?/,
      fields: { 'event.category': ['authentication'], 'event.type': ['info'], 'event.action': 'login_noticed' },
    },
    {
      starts: '(CT) IP ',
      pattern: new RegExp(`^\\((?<rule>CT)\\) IP ${IP}.{0,512}?(?<reason>found to have \\d{1,9} connections)`, 's'),
      fields: found('connection_limit', 'network'),
    },
    {
      starts: 'Incoming ',
      pattern: /^Incoming (?:IP )?(?<ip>[\da-fA-F.:]{2,45}) temporary block removed/,
      fields: { 'event.category': ['network'], 'event.type': ['allowed'], 'event.action': 'unblocked' },
    },
  ]),
};
