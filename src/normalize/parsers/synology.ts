/** Synology DSM 6 and 7, as Log Center sends them by syslog (`Connection: User [anna] from [ADDR] …`), and its file services' transfer log. */
import { ADDRESS_BANNED, application } from '../application.ts';
import { FILE, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { wordings } from '../wordings.ts';

const HEAD = String.raw`^(?:(?:Connection|System|Warning|Info|SYSTEM): )?(?:\S{1,64} )?`;
const WHO = String.raw`User \[(?<user>.*)\] from \[(?:[^\[\]()]{1,128}\()?(?<ip>[\da-fA-F:.]{2,45})\)?\] `;
const re = (source: string): RegExp => new RegExp(source, 's');

export const synology = application('synology', {
  programs: ['synology', 'winfileservice', 'synologd', 'webdav', 'filestation'],
  types: ['dsm', 'synology-dsm'],
  paths: ['/synolog/', 'synoconn.log', 'synosys.log'],
  ...wordings([
    {
      has: ['User [', '] from [', ' failed to '],
      pattern: re(
        String.raw`${HEAD}${WHO}failed to (?:log|sign) in (?:via|to) \[(?<service>[^\[\]]{1,64})\](?: via \[[^\[\]]{1,64}\])? due to (?<reason>[^\[\]]{1,200})$`,
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: ['User [', '] from [', ' successfully'],
      pattern: re(
        String.raw`${HEAD}${WHO}(?:logged|signed) in (?:successfully via|to) \[(?<service>[^\[\]]{1,64})\](?: successfully via \[[^\[\]]{1,64}\])?\.?$`,
      ),
      fields: LOGIN_ACCEPTED,
    },
    {
      has: ['User [', '] from [', ' logged out the server via ['],
      pattern: re(String.raw`${HEAD}${WHO}logged out the server via \[(?<service>[^\[\]]{1,64})\]`),
      fields: LOGOUT,
    },
    {
      has: ['User [', '] from [', ' signed out of ['],
      pattern: re(String.raw`${HEAD}${WHO}signed out of \[(?<service>[^\[\]]{1,64})\]`),
      fields: LOGOUT,
    },
    {
      has: ['] was blocked via ['],
      pattern: re(
        String.raw`${HEAD}(?:Host|IP address) \[(?:[^\[\]()]{1,128}\()?(?<ip>[\da-fA-F:.]{2,45})\)?\] was blocked via \[(?<service>[^\[\]]{1,64})\]`,
      ),
      fields: ADDRESS_BANNED,
    },
    {
      has: ['Event: ', ', Path: ', ', User: ', ', IP: '],
      pattern: re(
        String.raw`^(?:\w{1,24} )?Event: (?<reason>[\w -]{1,32}), Path: (?<file>.*), (?:File\/Folder: \w{1,12}, )?Size: [^,]{1,32}, User: (?<user>[^,]{1,128}), IP: (?<ip>[\da-fA-F:.]{2,45})$`,
      ),
      fields: { 'event.category': FILE, 'event.type': ['access'], 'event.action': 'file_event' },
    },
  ]),
});
