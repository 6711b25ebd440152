/** QNAP QTS and QuTS hero: `qlogd` (QTS 4) and `qulogd` (QuLog Center, QTS 5) by syslog, `conn log:` and `event log:`. */
import { application } from '../application.ts';
import { FILE, HOST, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { wordings } from '../wordings.ts';

const HEAD = String.raw`^conn log: Users: (?<user>.*), Source IP: (?<ip>[\da-fA-F:.]{2,45}), Computer [Nn]ame: .{0,128}?, Connection [Tt]ype: (?<service>[\w /-]{1,40}), Accessed [Rr]esources: `;
const re = (source: string): RegExp => new RegExp(source, 's');

export const qnap = application('qnap', {
  programs: ['qlogd', 'qulogd', 'qnap'],
  types: ['qts', 'quts'],
  ...wordings([
    {
      starts: 'conn log: ',
      has: 'Action: Login Fail',
      pattern: re(`${HEAD}.{0,400}, Action: Login Fail$`),
      fields: LOGIN_FAILED,
    },
    {
      starts: 'conn log: ',
      has: 'Action: Login Success',
      pattern: re(`${HEAD}.{0,400}, Action: Login Success$`),
      fields: LOGIN_ACCEPTED,
    },
    {
      starts: 'conn log: ',
      has: 'Action: Login OK',
      pattern: re(`${HEAD}.{0,400}, Action: Login OK$`),
      fields: LOGIN_ACCEPTED,
    },
    { starts: 'conn log: ', has: 'Action: Logout', pattern: re(`${HEAD}.{0,400}, Action: Logout$`), fields: LOGOUT },
    {
      starts: 'conn log: ',
      has: ', Action: ',
      pattern: re(String.raw`${HEAD}(?<file>.{0,1000}), Action: (?<reason>[A-Z][\w ]{1,32})$`),
      fields: { 'event.category': FILE, 'event.type': ['access'], 'event.action': 'file_event' },
    },
    {
      starts: 'event log: ',
      pattern: re(
        String.raw`^event log: Users: (?<user>.{0,128}?), Source IP: (?<ip>[\da-fA-F:.]{2,45}), Computer [Nn]ame: .{0,128}?, Content: (?<reason>.{1,400})`,
      ),
      fields: { 'event.category': HOST, 'event.type': ['info'], 'event.action': 'event' },
    },
  ]),
});
