/**
 * Log-ins at a console or by telnet: util-linux's `login` (login.c), shadow's, and BusyBox's; also those of display managers
 * that say more than PAM does. The host is the one that telnetd found out.
 */
import { LOGIN_FAILURE, LOGIN_SUCCESS, AUTHENTICATION } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const attempt = (outcome: 'success' | 'failure'): Parsed => ({
  'event.category': outcome === 'success' ? ['authentication', 'session'] : AUTHENTICATION,
  'event.type': outcome === 'success' ? LOGIN_SUCCESS : LOGIN_FAILURE,
  'event.action': 'console_login',
  'event.outcome': outcome,
});

export const login: Parser = {
  name: 'login',
  programs: ['login', 'agetty', 'telnetd', 'in.telnetd', 'rlogin'],
  namesItself: true,
  dataset: 'system.auth',
  service: 'auth',
  category: 'authentication',
  ...wordings([
    {
      starts: 'FAILED LOGIN ',
      has: ' FROM ',
      pattern:
        /^FAILED LOGIN (?:SESSION|\d{1,6}|\(\d{1,6}\)) FROM (?<peer>\S{1,255}) FOR (?<user>.*), (?<reason>[^,]{1,256})$/s,
      fields: attempt('failure'),
    },
    {
      starts: 'FAILED LOGIN ',
      pattern:
        /^FAILED LOGIN \(\d{1,6}\) on '(?<tty>[^'\s]{1,64})'(?: from '(?<peer>[^'\s]{1,255})')? FOR '(?<user>.*)', (?<reason>[^,]{1,256})$/s,
      fields: attempt('failure'),
    },
    {
      starts: 'TOO MANY LOGIN TRIES ',
      pattern: /^TOO MANY LOGIN TRIES \(\d{1,6}\) FROM (?<peer>\S{1,255}) FOR (?<user>.*), (?<reason>[^,]{1,256})$/s,
      fields: {
        'event.category': AUTHENTICATION,
        'event.type': ['denied'],
        'event.action': 'console_too_many_failures',
      },
    },
    {
      starts: 'invalid password for ',
      pattern:
        /^invalid password for (?:'|`)?(?<user>.*?)(?:'|`)? +on (?:'|`)?(?<tty>[^'\s]{1,64})'?(?: from (?:'|`)?(?<peer>[^'\s]{1,255})'?)?$/s,
      fields: attempt('failure'),
    },
    {
      starts: 'ROOT LOGIN ',
      pattern: /^ROOT LOGIN +ON (?<tty>\S{1,64})(?: FROM (?<peer>\S{1,255}))?$/,
      fields: { ...attempt('success'), 'user.name': 'root' },
    },
    {
      starts: 'LOGIN ON ',
      pattern: /^LOGIN ON (?<tty>\S{1,64}) BY (?<user>\S{1,256})(?: FROM (?<peer>\S{1,255}))?$/,
      fields: attempt('success'),
    },
    {
      starts: 'DIALUP AT ',
      pattern: /^DIALUP AT (?<tty>\S{1,64}) BY (?<user>\S{1,256})$/,
      fields: attempt('success'),
    },
    {
      starts: 'root login on ',
      pattern: /^root login on '(?<tty>[^'\s]{1,64})'/,
      fields: { ...attempt('success'), 'user.name': 'root' },
    },
    {
      starts: 'connect from ',
      pattern: /^connect from (?<peer>\S{1,255})(?: \([^()]{1,255}\))?$/,
      fields: {
        'event.category': ['network'],
        'event.type': ['connection', 'start'],
        'event.action': 'telnet_connect',
      },
    },
  ]),
};
