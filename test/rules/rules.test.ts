import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Came, headline, run } from './pipeline.ts';

const failed = (user: string, address: string, method = 'password'): string =>
  `sshd[4810]: Failed ${method} for ${user} from ${address} port 51332 ssh2`;
const accepted = (user: string, address: string, method = 'password'): string =>
  `sshd[4877]: Accepted ${method} for ${user} from ${address} port 53018 ssh2`;
const sudo = (user: string, reason: string): string =>
  `sudo[901]:    ${user} : ${reason}TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/usr/bin/id`;

/** `count` times the same line, `gap` seconds apart. */
const times = (count: number, line: Came['line'], gap = 2, from = 0): readonly Came[] =>
  Array.from({ length: count }, (_, n) => ({ at: from + n * gap, line }));
const once = (line: Came['line'], at = 0): readonly Came[] => [{ at, line }];

const BAD = '203.0.113.7';
const visit = (action: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, unknown>> => ({
  'event.action': action,
  'labels.product': 'porchlight',
  'labels.service': 'honeypot',
  'labels.category': 'honeypot',
  'source.ip': BAD,
  message: `${BAD} ${action}`,
  ...more,
});

const agent = (action: string, reason: string): Readonly<Record<string, unknown>> => ({
  'event.action': action,
  'event.dataset': 'porchlight.agent',
  'event.reason': reason,
  'host.name': 'attic',
  'labels.product': 'porchlight',
  'labels.service': 'agent',
  message: `attic ${reason}`,
});

interface Case {
  readonly what: string;
  readonly lines: readonly Came[];
  readonly alerts: readonly string[];
}

const CASES: readonly Case[] = [
  {
    what: 'ten connections to the honeypot are one alert that counts ten',
    lines: times(10, visit('connection-opened')),
    alerts: ['high: 203.0.113.7 knocked at the honeypot ×10'],
  },
  {
    what: 'what was tried at the honeypot adds evidence, not to the count',
    lines: [
      ...once(visit('connection-opened')),
      ...once(visit('login-attempt', { 'user.name': 'root', 'porchlight.honeypot.password': 'admin' }), 3),
      ...once(visit('connection-closed'), 4),
    ],
    alerts: ['high: 203.0.113.7 tried root at the honeypot ×1'],
  },
  {
    what: 'two addresses at the honeypot are two alerts',
    lines: [...once(visit('connection-opened')), ...once(visit('connection-opened', { 'source.ip': '198.51.100.9' }))],
    alerts: ['high: 203.0.113.7 knocked at the honeypot ×1', 'high: 198.51.100.9 knocked at the honeypot ×1'],
  },
  {
    what: 'an agent that is silent, and is back',
    lines: [...once(agent('agent-silent', 'was not heard for 2 minutes')), ...once(agent('agent-back', 'is back'), 60)],
    alerts: ['high: attic was not heard for 2 minutes ×1'],
  },
  {
    what: 'an agent that is stuck',
    lines: once(agent('agent-stuck', 'runs, but forwards nothing')),
    alerts: ['high: attic runs, but forwards nothing ×1'],
  },
  { what: 'the honeypot stopping is nobody’s visit', lines: once(visit('connection-closed')), alerts: [] },
  {
    what: 'twenty SSH failures in a minute',
    lines: times(20, failed('root', BAD)),
    alerts: ['medium: 203.0.113.7 failed 20 SSH logins on nas ×20'],
  },
  {
    what: 'each further failure adds one',
    lines: times(212, failed('invalid user admin', BAD)),
    alerts: ['medium: 203.0.113.7 failed 212 SSH logins on nas ×212'],
  },
  {
    what: 'guessing at three a minute',
    lines: times(25, failed('root', BAD), 20),
    alerts: ['medium: 203.0.113.7 failed 25 SSH logins on nas ×25'],
  },
  { what: 'nineteen failures', lines: times(19, failed('root', BAD)), alerts: [] },
  { what: 'twenty failures in half an hour', lines: times(20, failed('root', BAD), 90), alerts: [] },
  {
    what: 'twenty failures of twenty addresses',
    lines: Array.from({ length: 20 }, (_, n) => ({ at: n, line: failed('root', `198.51.100.${n}`) })),
    alerts: [],
  },
  { what: 'keys that did not fit', lines: times(40, failed('anna', BAD, 'publickey')), alerts: [] },
  {
    what: 'the other lines that sshd and PAM write about one failure',
    lines: times(10, failed('invalid user x', BAD)).flatMap((came) => [
      came,
      { ...came, line: `sshd[4810]: Invalid user x from ${BAD} port 51332` },
      {
        ...came,
        line: `sshd[4810]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${BAD} `,
      },
      { ...came, line: `sshd[4810]: Connection closed by invalid user x ${BAD} port 51332 [preauth]` },
    ]),
    alerts: [],
  },
  {
    what: 'repeats that the logger folded',
    lines: [
      ...once(failed('root', BAD)),
      ...once(`sshd[4810]: message repeated 19 times: [ Failed password for root from ${BAD} port 51332 ssh2]`, 5),
    ],
    alerts: ['medium: 203.0.113.7 failed 20 SSH logins on nas ×20'],
  },
  {
    what: 'a success after the failures',
    lines: [...times(20, failed('root', BAD)), ...once(accepted('backup', BAD), 60)],
    alerts: [
      'medium: 203.0.113.7 failed 20 SSH logins on nas ×20',
      'critical: 203.0.113.7 guessed the password of backup on nas ×21',
    ],
  },
  {
    what: 'a success after twelve failures',
    lines: [...times(12, failed('root', BAD)), ...once(accepted('root', BAD), 60)],
    alerts: [
      'high: 203.0.113.7 failed again and again over SSH and is now logged in to nas as root ×13',
      'low: root logged in to nas with a password, from 203.0.113.7 ×1',
    ],
  },
  {
    what: 'a success after four failures',
    lines: [...times(4, failed('anna', BAD)), ...once(accepted('anna', BAD), 60)],
    alerts: [],
  },
  {
    what: 'a success in the same second as the last failure',
    lines: [...times(20, failed('ben', BAD), 1), ...once(accepted('ben', BAD), 19)],
    alerts: [
      'medium: 203.0.113.7 failed 20 SSH logins on nas ×20',
      'critical: 203.0.113.7 guessed the password of ben on nas ×21',
    ],
  },
  {
    what: 'more failures after the success do not change whose password it was',
    lines: [
      ...times(20, failed('root', BAD)),
      ...once(accepted('backup', BAD), 60),
      ...times(5, failed('other', BAD), 1, 61),
    ],
    alerts: [
      'medium: 203.0.113.7 failed 25 SSH logins on nas ×25',
      'critical: 203.0.113.7 guessed the password of backup on nas ×21',
    ],
  },
  {
    what: 'a success before the failures',
    lines: [...once(accepted('backup', BAD)), ...times(20, failed('root', BAD), 2, 10)],
    alerts: ['medium: 203.0.113.7 failed 20 SSH logins on nas ×20'],
  },
  {
    what: 'a success from another address',
    lines: [...times(20, failed('root', BAD)), ...once(accepted('backup', '198.51.100.9'), 60)],
    alerts: ['medium: 203.0.113.7 failed 20 SSH logins on nas ×20'],
  },
  {
    what: 'a success with a key',
    lines: [...times(20, failed('root', BAD)), ...once(accepted('backup', BAD, 'publickey'), 60)],
    alerts: ['medium: 203.0.113.7 failed 20 SSH logins on nas ×20'],
  },
  {
    what: 'a success two hours later',
    lines: [...times(20, failed('root', BAD)), ...once(accepted('backup', BAD), 7200)],
    alerts: ['medium: 203.0.113.7 failed 20 SSH logins on nas ×20'],
  },
  { what: 'an everyday login', lines: once(accepted('anna', '192.0.2.10')), alerts: [] },
  {
    what: 'three wrong sudo passwords on one line',
    lines: once(sudo('jonas', '3 incorrect password attempts ; ')),
    alerts: ['low: jonas got 3 sudo passwords wrong on nas ×3'],
  },
  {
    what: 'three wrong sudo passwords on three lines',
    lines: times(3, sudo('jonas', '1 incorrect password attempt ; '), 30),
    alerts: ['low: jonas got 3 sudo passwords wrong on nas ×3'],
  },
  { what: 'one wrong sudo password', lines: once(sudo('jonas', '1 incorrect password attempt ; ')), alerts: [] },
  { what: 'a script that may not be asked', lines: times(9, sudo('cron', 'a password is required ; ')), alerts: [] },
  { what: 'ordinary sudo', lines: times(5, sudo('anna', '')), alerts: [] },
  {
    what: 'somebody who is not in sudoers, four times',
    lines: times(4, sudo('jonas', 'user NOT in sudoers ; ')),
    alerts: ['low: jonas was refused sudo on nas ×4'],
  },
  {
    what: 'a new person',
    lines: once(
      'useradd[77]: new user: name=bob, UID=1001, GID=1001, home=/home/bob, shell=/bin/bash, from=/dev/pts/0',
    ),
    alerts: ['medium: New account on nas: bob ×1'],
  },
  {
    what: 'a system account that can log in',
    lines: once('useradd[77]: new user: name=svc, UID=998, GID=998, home=/home/svc, shell=/bin/sh, from=none'),
    alerts: ['medium: New account on nas: svc ×1'],
  },
  {
    what: 'an account that a package made for its service',
    lines: once(
      'useradd[77]: new user: name=redis, UID=110, GID=118, home=/var/lib/redis, shell=/usr/sbin/nologin, from=none',
    ),
    alerts: [],
  },
  {
    what: 'an account that could not be made',
    lines: once("useradd[77]: failed adding user 'bob', exit code: 9"),
    alerts: [],
  },
  {
    what: 'a second root',
    lines: once('useradd[77]: new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/0'),
    alerts: ['high: New administrator on nas: toor ×1'],
  },
  {
    what: 'somebody joins the sudo group, which is written twice',
    lines: [
      ...once("usermod[78]: add 'svc_update' to group 'sudo'"),
      ...once("usermod[78]: add 'svc_update' to shadow group 'sudo'"),
    ],
    alerts: ['high: New administrator on nas: svc_update ×1'],
  },
  { what: 'somebody joins another group', lines: once("usermod[78]: add 'bob' to group 'audio'"), alerts: [] },
  {
    what: 'an SSH line that a program of another name wrote',
    lines: times(40, `webapp[9]: Failed password for root from ${BAD} port 1 ssh2`),
    alerts: [],
  },
];

for (const { what, lines, alerts } of CASES) {
  test(`${what}: ${alerts.length === 0 ? 'nothing' : alerts.join(', ')}`, () => {
    assert.deepEqual(run(lines).alerts.map(headline), alerts);
  });
}

test('the critical alert holds the guesses and the login, in order', () => {
  const { evidence, alerts } = run([...times(20, failed('root', BAD)), ...once(accepted('backup', BAD), 60)]);
  const lines = evidence.get('Success after many failures');
  assert.equal(lines?.length, 21);
  assert.match(lines[0] ?? '', /Failed password for root/);
  assert.match(lines[20] ?? '', /Accepted password for backup/);
  const critical = alerts.find(({ level }) => level === 'critical');
  assert.equal(critical?.steps[0]?.command, 'sudo passwd -l backup');
  assert.equal((critical?.last_seen ?? 0) - (critical?.first_seen ?? 0), 60_000);
});

test('a user name cannot put a command into what a person is told to paste', () => {
  const { alerts } = run([...times(20, failed('root', BAD)), ...once(accepted('$(reboot)', BAD), 60)]);
  const critical = alerts.find(({ level }) => level === 'critical');
  assert.equal(critical?.sentence, '203.0.113.7 guessed the password of $(reboot) on nas');
  for (const { command } of critical?.steps ?? []) assert.doesNotMatch(command ?? '', /reboot/);
});
