/** rsync's daemon (clientserver.c, authenticate.c): `NAME (ADDR)` is the client, with names it does not choose the address last. */
import { FILE, LOGIN_FAILED, NETWORK } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parser } from './parser.ts';

const PID = String.raw`^(?:\[\d{1,10}\] )?`;
const CLIENT = String.raw`(?:UNDETERMINED|UNKNOWN|unknown|(?<hostname>[\w.-]{1,255})) \((?<ip>[\da-fA-F.:]{2,45})\)`;

export const rsync: Parser = {
  name: 'rsync',
  programs: ['rsyncd', 'rsync'],
  paths: ['rsyncd.log', 'rsync.log'],
  dataset: 'rsync.log',
  service: ['rsyncd', 'syslog'],
  ...wordings([
    {
      has: 'auth failed on module ',
      pattern: new RegExp(
        `${PID}auth failed on module (?<service>\\S{1,255}) from ${CLIENT}(?: for (?<user>.{1,255}))?: (?<reason>[\\w ]{1,64})$`,
        's',
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: 'rsync denied on module ',
      pattern: new RegExp(`${PID}rsync denied on module (?<service>\\S{1,255}) from ${CLIENT}`),
      fields: { 'event.category': NETWORK, 'event.type': ['denied'], 'event.action': 'rsync_denied' },
    },
    {
      has: 'unknown module ',
      pattern: new RegExp(`${PID}(?<reason>unknown module) '.{0,255}' tried from ${CLIENT}$`, 's'),
      fields: { 'event.category': NETWORK, 'event.type': ['denied'], 'event.action': 'rsync_denied' },
    },
    {
      has: 'connect from ',
      pattern: new RegExp(`${PID}connect from ${CLIENT}$`),
      fields: { 'event.category': NETWORK, 'event.type': ['connection', 'start'], 'event.action': 'connect' },
      quiet: true,
    },
    {
      has: 'rsync ',
      pattern: new RegExp(
        `${PID}rsync (?:to|on|from) (?<file>.{1,1024}) from (?:(?<user>[^@\\s]{1,128})@)?${CLIENT}$`,
        's',
      ),
      fields: {
        'event.category': FILE,
        'event.type': ['access'],
        'event.action': 'rsync_transfer',
        'event.outcome': 'success',
      },
      quiet: true,
    },
  ]),
};
