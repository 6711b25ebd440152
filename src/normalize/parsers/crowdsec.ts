/**
 * CrowdSec's agent and its firewall bouncer: logrus, as logfmt or JSON, with the sentence in `msg`. `ban_decided` is what it decided, `overflow` the
 * scenario that led to it. An address is read only where CrowdSec wrote it: scenario names hold no blanks and no quotes.
 */
import { wordOf, withServiceType } from '../application.ts';
import { detection } from '../detection.ts';
import { CONFIGURATION, INFO, NETWORK } from '../ecs.ts';
import { wordings } from '../wordings.ts';

const SCENARIO = String.raw`(?<rule>[\w./+ :-]{1,128})`;
const ADDRESS = String.raw`(?<ip>[\da-fA-F:.]{2,45})`;

const rows = wordings([
  {
    starts: 'Ip ',
    has: " performed '",
    pattern: new RegExp(String.raw`^Ip ${ADDRESS} performed '${SCENARIO}' \(\d{1,9} events? over `),
    fields: detection('overflow', {}, 'info'),
  },
  {
    starts: '(',
    has: ' on Ip ',
    pattern: new RegExp(
      String.raw`^\([^()]{1,128}\) ${SCENARIO} by ip [\da-fA-F:.]{2,45}(?: \([^()]{0,64}\))? : \d{1,6}[smhd\d]{1,12} (?:ban|captcha|throttle) on Ip ${ADDRESS}$`,
    ),
    fields: detection('ban_decided', {}, 'denied'),
  },
  {
    starts: '(',
    has: " manual 'ban",
    pattern: new RegExp(String.raw`^\([^()]{1,128}\) (?<rule>manual 'ban' from '[^']{1,128}') by ip ${ADDRESS} : `),
    fields: detection('ban_decided', {}, 'denied'),
  },
  {
    has: ' decisions added',
    pattern: /^(?<reason>\d{1,9} decisions? added)/,
    fields: { 'event.category': CONFIGURATION, 'event.type': INFO, 'event.action': 'decisions_added' },
    quiet: true,
  },
  {
    has: ' decisions deleted',
    pattern: /^(?<reason>\d{1,9} decisions? deleted)/,
    fields: { 'event.category': CONFIGURATION, 'event.type': INFO, 'event.action': 'decisions_deleted' },
    quiet: true,
  },
  {
    has: '" HTTP/',
    pattern:
      /^(?<ip>[\da-fA-F:.]{2,45}) - \[[^\]]{10,40}\] "(?<method>[A-Z]{3,8}) (?<url>\S{1,2000}) HTTP\/[\d.]{1,3} (?<status>\d{3}) /,
    fields: { 'event.category': ['web'], 'event.type': ['access'], 'event.action': 'http_request' },
    quiet: true,
  },
  {
    has: 'Starting processing data',
    fields: { 'event.category': ['process'], 'event.type': ['start'], 'event.action': 'started' },
    quiet: true,
  },
  {
    has: 'Signal push: ',
    pattern: /^Signal push: \d/,
    fields: { 'event.category': NETWORK, 'event.type': INFO, 'event.action': 'signals_pushed' },
    quiet: true,
  },
]);

export const crowdsec = withServiceType({
  name: 'crowdsec',
  programs: ['crowdsec', 'crowdsec-firewall-bouncer', 'cs-firewall-bouncer'],
  paths: ['crowdsec'],
  dataset: 'crowdsec.log',
  product: 'crowdsec',
  service: 'crowdsec',
  ...rows,
  /** Under its own tag the whole record is its to read. */
  read(record, line) {
    const message = wordOf(record, 'msg');
    return message === undefined ? undefined : rows.parse(message, line);
  },
});
