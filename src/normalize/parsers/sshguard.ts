/** SSHGuard, also in pfSense: attacks it saw in other programs' lines, and whom it blocks. */
import { withServiceType } from '../application.ts';
import { detection } from '../detection.ts';
import { wordings } from '../wordings.ts';

export const sshguard = withServiceType({
  name: 'sshguard',
  programs: ['sshguard'],
  namesItself: true,
  dataset: 'sshguard.log',
  service: 'sshguard',
  ...wordings([
    {
      starts: 'Attack from "',
      pattern: /^Attack from "(?<ip>[\da-fA-F:.]{2,45})" on service (?<rule>[\w -]{1,64}?) with danger \d{1,6}\.$/,
      fields: { ...detection('found', {}), 'event.kind': 'event' },
    },
    {
      starts: 'Blocking "',
      pattern:
        /^Blocking "(?<ip>[\da-fA-F:.]{2,45})(?:\/\d{1,3})?" (?:for \d{1,10} secs|forever) \((?<reason>[^()]{1,200})/,
      fields: detection('ban', { name: 'sshguard' }, 'denied'),
    },
    {
      has: ': unblocking ',
      pattern: /^(?<ip>[\da-fA-F:.]{2,45})(?:\/\d{1,3})?: unblocking after /,
      fields: { ...detection('unban', { name: 'sshguard' }, 'allowed'), 'event.kind': 'event' },
    },
  ]),
});
