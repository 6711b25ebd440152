/**
 * polkit: `polkitd` (polkitbackendinteractiveauthority.c) and `pkexec`.
 *
 *   Operator of unix-session:2 successfully authenticated as unix-user:root to gain TEMPORARY authorization for action A for unix-process:7:8 [CMD] (owned by unix-user:anna)
 *   anna: Executing command [USER=root] [TTY=/dev/pts/1] [CWD=/home/anna] [COMMAND=/usr/bin/id]
 *
 * The command is the caller's; the user in front of it and the owner behind it are polkit's.
 */
import { AUTHENTICATION, LOGIN_FAILURE, LOGIN_SUCCESS, PROCESS } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const asked = (outcome: 'success' | 'failure'): Parsed => ({
  'event.category': AUTHENTICATION,
  'event.type': outcome === 'success' ? LOGIN_SUCCESS : LOGIN_FAILURE,
  'event.action': 'polkit_authentication',
  'event.outcome': outcome,
});
const BY = String.raw`as unix-user:(?<effective>\S{1,256}) to gain \w{1,16} authorization for action (?<code>\S{1,256}) for .{0,8192}\(owned by unix-user:(?<user>[^()\s]{1,256})\)$`;
const PKEXEC = String.raw` \[USER=(?<effective>[^\]\s]{1,256})\] \[TTY=(?<tty>[^\]\s]{1,256})\] \[CWD=(?<cwd>[^\]]{1,4096})\] \[COMMAND=(?<command>.*)\]$`;

export const polkit: Parser = {
  name: 'polkit',
  programs: ['polkitd', 'polkit', 'polkit-1', 'pkexec', 'polkit-agent-helper-1'],
  namesItself: true,
  dataset: 'system.auth',
  service: 'auth',
  category: 'authentication',
  ...wordings([
    {
      starts: 'Operator of ',
      has: ' successfully authenticated as ',
      pattern: new RegExp(`^Operator of \\S{1,80} successfully authenticated ${BY}`, 's'),
      fields: asked('success'),
    },
    {
      starts: 'Operator of ',
      has: ' FAILED to authenticate to gain authorization for action ',
      pattern:
        /^Operator of \S{1,80} FAILED to authenticate to gain authorization for action (?<code>\S{1,256}) for .{0,8192}\(owned by unix-user:(?<user>[^()\s]{1,256})\)$/s,
      fields: asked('failure'),
    },
    {
      has: ': Executing command [USER=',
      pattern: new RegExp(`^(?<user>[^\\s:]{1,256}): Executing command${PKEXEC}`, 's'),
      fields: {
        'event.category': PROCESS,
        'event.type': ['start'],
        'event.action': 'pkexec_command',
        'event.outcome': 'success',
      },
    },
    {
      has: ': Error executing command as another user: ',
      pattern: new RegExp(
        `^(?<user>[^\\s:]{1,256}): (?<reason>Error executing command as another user: [^\\[]{1,256}?)${PKEXEC}`,
        's',
      ),
      fields: asked('failure'),
    },
    {
      // What pkexec says of an environment that tries to bring a library along (CVE-2021-4034).
      has: ' not found the /etc/shells file [USER=',
      pattern: new RegExp(
        `^(?<user>[^\\s:]{1,256}): (?<reason>The value for the SHELL variable was not found the /etc/shells file)${PKEXEC}`,
        's',
      ),
      fields: { 'event.category': PROCESS, 'event.type': ['denied'], 'event.action': 'pkexec_denied' },
    },
    {
      has: ' contains suspicious content [USER=',
      pattern: new RegExp(
        `^(?<user>[^\\s:]{1,256}): (?<reason>The value for environment variable \\S{1,256} contains suspicious content)${PKEXEC}`,
        's',
      ),
      fields: { 'event.category': PROCESS, 'event.type': ['denied'], 'event.action': 'pkexec_denied' },
    },
  ]),
};
