/** systemd-logind (logind-session.c, logind-button.c, logind-dbus.c): sessions, keys of the machine, power. */
import { HOST, LOGOUT, SESSION, START } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const host = (action: string, type = 'info'): Parsed => ({
  'event.category': HOST,
  'event.type': [type],
  'event.action': action,
});
const ENDED: Parsed = { ...LOGOUT, 'event.action': 'session_closed' };

export const logind: Parser = {
  name: 'logind',
  programs: ['systemd-logind', 'elogind', 'elogind-daemon'],
  namesItself: true,
  dataset: 'system.auth',
  service: 'auth',
  category: 'authentication',
  ...wordings([
    {
      starts: 'New session ',
      pattern:
        /^New session '?(?<session>\w{1,32})'? of user '?(?<user>[^']{1,256}?)'?(?: with class '.{1,40}' and type '.{1,40}')?\.$/,
      fields: {
        'event.category': SESSION,
        'event.type': START,
        'event.action': 'session_opened',
        'event.outcome': 'success',
      },
    },
    { starts: 'Removed session ', pattern: /^Removed session (?<session>\w{1,32})\.$/, fields: ENDED },
    { starts: 'Session ', has: ' logged out. ', pattern: /^Session (?<session>\w{1,32}) logged out\. /, fields: ENDED },
    { starts: 'Power key pressed', fields: host('power_key_pressed') },
    { starts: 'Lid closed', fields: host('lid_closed') },
    { starts: 'Lid opened', fields: host('lid_opened') },
    { starts: 'System is powering down', fields: host('system_shutdown', 'end') },
    { starts: 'The system will power off', fields: host('system_shutdown', 'end') },
    { starts: 'System is rebooting', fields: host('system_reboot', 'end') },
    { starts: 'The system will reboot', fields: host('system_reboot', 'end') },
    { starts: 'The system will suspend', fields: host('system_suspend', 'end') },
  ]),
};
