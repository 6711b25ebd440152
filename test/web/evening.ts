/** An evening in a house with seven machines, written by hand: what the pictures and the accessibility checks look at. */
import type { Event, SourceStatus } from '#contract';
import { type AlertSketch, line } from './house.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

type Saying = readonly [host: string, program: string, message: string, more?: Readonly<Record<string, string>>];

const SAYINGS: readonly Saying[] = [
  ['pi-hole', 'dnsmasq', 'query[A] time.example.net from 192.0.2.31', { 'source.ip': '192.0.2.31' }],
  ['media', 'nginx', 'GET /wp-login.php 404 from 2001:db8:7a::19', { 'source.ip': '2001:db8:7a::19' }],
  [
    'nas',
    'sshd',
    'Accepted publickey for anna from 192.0.2.20 port 50112 ssh2',
    { 'source.ip': '192.0.2.20', 'user.name': 'anna', 'event.outcome': 'success', 'event.action': 'ssh_login' },
  ],
  [
    'router',
    'kernel',
    'DROP IN=wan SRC=198.51.100.77 DST=203.0.113.9 PROTO=TCP DPT=8443',
    { 'source.ip': '198.51.100.77' },
  ],
  [
    'laptop-anna',
    'sudo',
    'jonas : user NOT in sudoers ; TTY=pts/0 ; COMMAND=/usr/bin/apt update',
    { 'user.name': 'jonas', 'event.outcome': 'failure', 'event.action': 'sudo' },
  ],
  ['home-assistant', 'hass', 'Front door unlocked by jonas', { 'user.name': 'jonas' }],
  ['media', 'apt', 'Package lists refreshed, 4 security updates wait'],
  ['nas', 'snapper', 'Snapshot of photos finished in 38 s'],
  ['nas', 'sshd', 'pam_unix(sshd:session): session closed for user anna', { 'user.name': 'anna' }],
  ['router', 'dnsmasq-dhcp', 'DHCPACK(br-lan) 192.0.2.44 phone-jonas'],
  ['proxmox', 'vzdump', 'INFO: starting backup of VM 104'],
  [
    'nas',
    'sshd',
    'Failed password for backup from 203.0.113.7 port 51332 ssh2',
    { 'source.ip': '203.0.113.7', 'user.name': 'backup', 'event.outcome': 'failure', 'event.action': 'ssh_login' },
  ],
];

/** `count` events over the 24 hours before `now`, more of them by day than by night; the same ones each time. */
export function dayOfEvents(now: number, count: number): readonly Event[] {
  const events: Event[] = [];
  for (let n = 0; n < count; n++) {
    const part = (n + 0.5) / count;
    const wave = part + 0.09 * Math.sin(part * 2 * Math.PI) * Math.cos(n);
    const saying = SAYINGS[(n * 7 + (n >> 3)) % SAYINGS.length];
    if (saying === undefined) continue;
    const [host, program, message, more] = saying;
    const at = Math.round(now - 24 * HOUR + Math.min(0.999, Math.max(0, wave)) * 24 * HOUR);
    events.push(line(at, { 'host.name': host, 'process.name': program, 'event.dataset': 'syslog', message, ...more }));
  }
  return events.toSorted((a, b) => a['@timestamp'] - b['@timestamp']);
}

/** The last minute: what stands at the top of 'Happening now'. */
export const lastMinute = (now: number): readonly Event[] =>
  SAYINGS.map(([host, program, message, more], at) =>
    line(now - (SAYINGS.length - at) * 4700, {
      'host.name': host,
      'process.name': program,
      'event.dataset': 'syslog',
      message,
      ...more,
    }),
  );

function failures(now: number, count: number): readonly Event[] {
  return Array.from({ length: count }, (_, n) =>
    line(now - 35 * MINUTE + n * 9 * SECOND, {
      'host.name': 'nas',
      'process.name': 'sshd',
      'process.pid': 48_102 + n,
      'source.ip': '203.0.113.7',
      'user.name': 'backup',
      'event.outcome': n === count - 1 ? 'success' : 'failure',
      message: `${n === count - 1 ? 'Accepted' : 'Failed'} password for backup from 203.0.113.7 port ${51_332 + n} ssh2`,
    }),
  );
}

export const alertsOfTheEvening = (now: number): readonly AlertSketch[] => [
  {
    sentence: '203.0.113.7 guessed the password of backup on nas',
    title: 'Success after many failures',
    level: 'critical',
    count: 213,
    at: now - 27 * MINUTE,
    firstSeen: now - 52 * MINUTE,
    entity: '203.0.113.7',
    tags: ['attack.credential-access', 'attack.t1110.001'],
    lines: failures(now, 50),
    steps: [
      { text: 'Lock the account while you look. Logins with a key still work.', command: 'sudo passwd -l backup' },
      { text: 'See whether it left a key behind.', command: 'sudo cat ~backup/.ssh/authorized_keys' },
      { text: 'Allow keys only. Put your own key in place first, or you lock yourself out.' },
    ],
  },
  {
    sentence: 'New administrator on media: svc_update',
    title: 'New administrator',
    kind: 'Accounts',
    host: 'media',
    at: now - 90 * MINUTE,
  },
  {
    sentence: '198.51.100.23 tried root with vizxv over Telnet',
    title: 'Honeypot Connection',
    kind: 'Honeypot',
    count: 41,
    entity: '198.51.100.23',
    at: now - 12 * MINUTE,
    firstSeen: now - 104 * MINUTE,
  },
  {
    sentence: 'esp-kitchen scanned 118 ports of pi-hole',
    title: 'Port scan',
    kind: 'Port scan',
    level: 'medium',
    count: 118,
    entity: '2001:db8:20::87',
    at: now - 3 * HOUR,
  },
  {
    sentence: 'A bot looked for WordPress on media and did not find it',
    title: 'Web probing',
    kind: 'Web probing',
    level: 'medium',
    count: 140,
    entity: '2001:db8:7a::19',
    at: now - 2 * MINUTE,
  },
  {
    sentence: 'jonas was refused sudo on laptop-anna four times',
    title: 'Refused sudo',
    kind: 'Sudo',
    level: 'low',
    count: 4,
    host: 'laptop-anna',
    at: now - 20 * MINUTE,
  },
  {
    sentence: 'jonas got 3 sudo passwords wrong on laptop-anna',
    title: 'Wrong passwords for sudo',
    kind: 'Sudo',
    level: 'medium',
    count: 3,
    host: 'laptop-anna',
    at: now - 5 * HOUR,
  },
  {
    sentence: 'New account on media: svc_update',
    title: 'New account',
    kind: 'Accounts',
    level: 'low',
    host: 'media',
    at: now - 91 * MINUTE,
  },
  {
    sentence: '192.0.2.44 failed 24 SSH logins on nas',
    count: 24,
    level: 'medium',
    entity: '192.0.2.44',
    at: now - 7 * HOUR,
  },
  {
    sentence: '198.51.100.90 opened the honeypot and left',
    title: 'Honeypot Connection',
    kind: 'Honeypot',
    level: 'low',
    entity: '198.51.100.90',
    at: now - 9 * HOUR,
  },
  {
    sentence: 'pi-hole updated its block lists, 1,204 names added',
    title: 'Block lists',
    kind: 'Updates',
    level: 'informational',
    host: 'pi-hole',
    at: now - 10 * HOUR,
  },
  {
    sentence: 'anna logged in to nas from a new address',
    title: 'New address',
    kind: 'Password guessing',
    level: 'low',
    entity: '2001:db8:44:8::12',
    at: now - 13 * HOUR,
  },
];

export const sourcesOfTheHouse = (now: number): readonly SourceStatus[] => [
  {
    id: 'http',
    state: 'following',
    reason: 'POST /api/logs',
    records: 1204,
    last_seen: new Date(now - 4000).toISOString(),
  },
  {
    id: 'file:/var/log/auth.log',
    state: 'following',
    reason: 'Readable and in use.',
    records: 18_204,
    last_seen: new Date(now - 1000).toISOString(),
  },
  {
    id: 'file:/var/log/syslog',
    state: 'denied',
    reason: 'Readable by the group adm. Run: sudo usermod -aG adm $USER, then log in again',
    records: 0,
    last_seen: null,
  },
  {
    id: 'file:/var/log/secure',
    state: 'waiting',
    reason: 'Not there. It is followed as soon as it appears.',
    records: 0,
    last_seen: null,
  },
  {
    id: 'file:/var/log/messages',
    state: 'waiting',
    reason: 'Not there. It is followed as soon as it appears.',
    records: 0,
    last_seen: null,
  },
  {
    id: 'honeypot',
    state: 'following',
    reason: 'listens on 0.0.0.0:2323',
    records: 41,
    last_seen: new Date(now - 12 * MINUTE).toISOString(),
  },
];
