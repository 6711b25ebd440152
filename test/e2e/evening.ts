/**
 * An evening in a house, told to the server through its real intake: what the pictures in the README show.
 * Written by hand; times are relative to now, addresses come from the ranges for documentation.
 */
import { once } from 'node:events';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Written, wtmp } from '../../src/sources/host-metrics/wtmp.fixture.ts';
import { type House, logLine } from './house.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface Saying {
  readonly host: string;
  readonly program: string;
  readonly message: string;
  readonly [field: string]: string | number;
}

/** What happens every few minutes in such a house. */
const ORDINARY: readonly Saying[] = [
  { host: 'pi-hole', program: 'dnsmasq', message: 'query[A] time.example.net from 192.0.2.31' },
  { host: 'pi-hole', program: 'dnsmasq', message: 'gravity blocked ads.example.com for 192.0.2.52' },
  { host: 'media', program: 'nginx', message: '192.0.2.20 GET /web/index.html 200' },
  { host: 'router', program: 'dnsmasq-dhcp', message: 'DHCPACK(br-lan) 192.0.2.44 phone-jonas' },
  { host: 'router', program: 'kernel', message: 'DROP IN=wan SRC=198.51.100.77 DST=203.0.113.9 PROTO=TCP DPT=8443' },
  { host: 'home-assistant', program: 'hass', message: 'Front door unlocked by jonas' },
  { host: 'home-assistant', program: 'hass', message: 'Living room is 21.4 °C, heating off' },
  { host: 'media', program: 'jellyfin', message: 'anna started playing on living-room-tv' },
  { host: 'nas', program: 'sshd', message: 'Accepted publickey for anna from 192.0.2.20 port 50112 ssh2' },
  { host: 'nas', program: 'snapper', message: 'Snapshot of photos finished in 38 s' },
  { host: 'proxmox', program: 'vzdump', message: 'INFO: starting backup of VM 104 (home-assistant)' },
  { host: 'media', program: 'apt', message: 'Package lists refreshed, 4 security updates wait' },
  {
    host: 'laptop-anna',
    program: 'sudo',
    message: 'anna : TTY=pts/0 ; PWD=/home/anna ; USER=root ; COMMAND=/usr/bin/apt update',
  },
  { host: 'nas', program: 'smartd', message: 'Device: /dev/sdb, SMART Usage Attribute: Temperature 38' },
];

/** Events in 24 hours; the same ones each time. */
const COUNT = 9000;

const stamped = (saying: Saying, ago: number): string =>
  `${JSON.stringify({ ...saying, timestamp: new Date(Date.now() - ago).toISOString() })}\n`;

async function post(house: House, lines: readonly string[]): Promise<void> {
  const reply = await fetch(`${house.url}/api/logs`, { method: 'POST', body: lines.join('') });
  if (reply.status !== 201) throw new Error(`The intake answered ${reply.status}: ${await reply.text()}`);
}

/** More by day than by night, in the order in which it happened. */
function ordinaryDay(): string[] {
  const lines: string[] = [];
  for (let n = 0; n < COUNT; n++) {
    const part = (n + 0.5) / COUNT;
    const wave = part - 0.06 * Math.sin(part * 2 * Math.PI) + 0.004 * Math.sin(part * 18 * Math.PI);
    const saying = ORDINARY[(n * 5 + (n >> 4)) % ORDINARY.length];
    if (saying !== undefined) lines.push(stamped(saying, Math.max(2 * SECOND, (1 - wave) * 24 * HOUR)));
  }
  return lines;
}

function passwords(host: string, from: string, user: string, count: number, ago: number, every: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    stamped(
      {
        host,
        program: 'sshd',
        pid: 48_102 + n,
        message: `Failed password for ${user} from ${from} port ${51_332 + n} ssh2`,
      },
      ago - n * every,
    ),
  );
}

const one = (ago: number, host: string, program: string, message: string): string =>
  stamped({ host, program, message }, ago);

/** Each entry is what one source had to say; they came one after the other. */
const incidents = (): readonly (readonly string[])[] => [
  passwords('media', '198.51.100.90', 'root', 44, 9 * HOUR, 8 * SECOND),
  [
    one(
      7 * HOUR,
      'laptop-anna',
      'sudo',
      'jonas : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/home/jonas ; USER=root ; COMMAND=/usr/bin/apt install steam',
    ),
    one(
      6.9 * HOUR,
      'laptop-anna',
      'sudo',
      'jonas : user NOT in sudoers ; TTY=pts/1 ; PWD=/home/jonas ; USER=root ; COMMAND=/usr/bin/apt install steam',
    ),
  ],
  passwords('proxmox', '2001:db8:7a::19', 'admin', 63, 4 * HOUR, 6 * SECOND),
  [
    one(
      1.6 * HOUR,
      'media',
      'useradd',
      'new user: name=svc_update, UID=1004, GID=1004, home=/home/svc_update, shell=/bin/bash, from=/dev/pts/0',
    ),
    one(1.59 * HOUR, 'media', 'usermod', "add 'svc_update' to group 'sudo'"),
  ],
  [
    ...passwords('nas', '203.0.113.7', 'backup', 212, 52 * MINUTE, 7 * SECOND),
    one(27 * MINUTE, 'nas', 'sshd', 'Accepted password for backup from 203.0.113.7 port 51544 ssh2'),
    one(26.9 * MINUTE, 'nas', 'sshd', 'pam_unix(sshd:session): session opened for user backup(uid=34) by (uid=0)'),
    one(24 * MINUTE, 'nas', 'sshd', 'pam_unix(sshd:session): session closed for user backup'),
  ],
];

const ACCOUNTS = `root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;

/** utmp(5): a login is of type 7, its end of type 8 and names no user. */
function logins(): ReturnType<typeof visit> {
  return [
    ...visit('pts/0', 'anna', '192.0.2.20', 11 * HOUR, 40 * MINUTE),
    ...visit('pts/0', 'jonas', '192.0.2.52', 5 * HOUR, 22 * MINUTE),
    ...visit('pts/1', 'backup', '203.0.113.7', 27 * MINUTE, 3 * MINUTE),
    ...visit('pts/2', 'anna', '192.0.2.20', SECOND),
  ];
}

function visit(line: string, user: string, host: string, ago: number, stay?: number): readonly Written[] {
  const at = Math.floor((Date.now() - ago) / SECOND);
  const came = { type: 7, line, user, host, at };
  return stay === undefined ? [came] : [came, { type: 8, line, at: at + Math.floor(stay / SECOND) }];
}

/** Somebody with a list of factory passwords, at the real honeypot. */
async function knock(house: House, from: string, tries: readonly (readonly [string, string])[]): Promise<void> {
  const socket = connect({ port: house.honeypotPort, host: '127.0.0.1', localAddress: from });
  let heard = '';
  socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
  for (const [user, password] of tries) {
    for (const [prompt, answer] of [
      ['login: ', user],
      ['Password: ', password],
    ] as const) {
      while (!heard.includes(prompt)) await once(socket, 'data');
      heard = '';
      socket.write(`${answer}\r\n`);
    }
  }
  while (!heard.includes('incorrect')) await once(socket, 'data');
  socket.destroy();
}

export async function tellEvening(house: House): Promise<void> {
  mkdirSync(join(house.root, 'etc'), { recursive: true });
  writeFileSync(join(house.root, 'etc/passwd'), ACCOUNTS);
  writeFileSync(join(house.root, 'var/log/wtmp'), wtmp(384, logins()));
  const day = ordinaryDay();
  for (let at = 0; at < day.length; at += 3000) await post(house, day.slice(at, at + 3000));
  for (const lines of incidents()) await post(house, lines);
  await knock(house, '127.0.0.23', [['root', 'vizxv']]);
  await knock(house, '127.0.0.23', [['admin', 'admin']]);
  appendFileSync(
    house.authLog,
    logLine('sshd[9001]', 'Accepted publickey for anna from 192.0.2.20 port 50230 ssh2', 900),
  );
}

/** What everybody had to say of late, in the last seconds. */
export const tellLastMinute = (house: House): Promise<void> =>
  post(
    house,
    ORDINARY.map((saying, n) => stamped(saying, (ORDINARY.length - n) * 1100)),
  );
