/** smartd of smartmontools: what a disk says of its own health. */
import { HOST } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const DEVICE = String.raw`^Device: (?<disk>\S{1,128})(?: \[[^\]]{1,64}\])?, `;
const disk = (action: string, type: string): Parsed => ({
  'event.category': HOST,
  'event.type': [type],
  'event.action': action,
});

export const smartd: Parser = {
  name: 'smartd',
  programs: ['smartd'],
  dataset: 'smartd.log',
  service: ['smartd', 'syslog'],
  namesItself: true,
  ...wordings([
    {
      starts: 'Device: ',
      has: 'FAILED',
      pattern: new RegExp(
        `${DEVICE}(?<reason>(?:FAILED SMART self-check|Failed SMART usage Attribute|FAILED).{0,256})$`,
      ),
      fields: disk('disk_failing', 'error'),
    },
    {
      starts: 'Device: ',
      has: ' sectors',
      pattern: new RegExp(
        `${DEVICE}(?<reason>\\d{1,12} (?:Currently unreadable \\(pending\\)|Offline uncorrectable) sectors.{0,100})$`,
      ),
      fields: disk('disk_bad_sectors', 'error'),
    },
    {
      starts: 'Device: ',
      has: ' count increased from ',
      pattern: new RegExp(
        `${DEVICE}(?<reason>(?:ATA error|Self-Test Log error|Error) count increased from \\d{1,12} to \\d{1,12})`,
      ),
      fields: disk('disk_errors', 'error'),
    },
    {
      starts: 'Device: ',
      has: 'emperature ',
      pattern: new RegExp(
        `${DEVICE}(?<reason>(?:initial )?Temperature \\d{1,3} Celsius reached (?:critical )?limit.{0,100})$`,
      ),
      fields: disk('disk_hot', 'error'),
    },
    {
      starts: 'Device: ',
      has: ' changed from ',
      pattern: new RegExp(`${DEVICE}(?<reason>SMART (?:Usage|Prefailure) Attribute: .{1,128} changed from .{1,64})$`),
      fields: disk('disk_attribute', 'info'),
      quiet: true,
    },
    {
      starts: 'Device: ',
      pattern: new RegExp(`${DEVICE}(?<reason>.{1,256})$`),
      fields: disk('disk_message', 'info'),
      quiet: true,
    },
  ]),
};
