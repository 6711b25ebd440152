import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Candidate, discover } from './discover.ts';

const NOW = Date.UTC(2026, 10, 20);
const DAY = 86_400_000;

/** A machine's root with these files; a path that ends in `/` is a folder. Everything was written an hour ago. */
async function machine(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'discover-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await chmod(root, 0o755);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path.endsWith('/') ? path : join(path, '..')), { recursive: true });
    if (path.endsWith('/')) continue;
    await writeFile(join(root, path), text);
    await age(join(root, path), DAY / 24);
  }
  return root;
}

const age = (path: string, ms: number): Promise<void> => utimes(path, (NOW - ms) / 1000, (NOW - ms) / 1000);
const look = (root: string, paths: readonly string[], user?: string): Promise<readonly Candidate[]> =>
  discover(paths, { root, now: () => NOW, user });

/** Permissions do not bind root: it lays root aside for the time of `run`. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return run();
  process.setegid?.(65534);
  process.seteuid?.(65534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

test('each candidate has a row, in order, and the journal has the last', async (t) => {
  const root = await machine(t, { '/var/log/auth.log': '', '/var/log/kern.log': '' });
  const rows = await look(root, ['/var/log/kern.log', '/var/log/gone.log', '/var/log/auth.log', '/var/log/kern.log']);
  assert.deepEqual(
    rows.map(({ path, state }) => [path, state]),
    [
      ['/var/log/kern.log', 'follow'],
      ['/var/log/gone.log', 'waiting'],
      ['/var/log/auth.log', 'follow'],
      ['/var/log/journal', 'off'],
    ],
  );
  assert.equal(rows[0]?.file, join(root, 'var/log/kern.log'));
});

const line = (program: string): string => `Nov 20 11:09:35 nas ${program}: something\n`;
const carriers: readonly (readonly [path: string, text: string, carries: boolean])[] = [
  ['/var/log/auth.log', '', true],
  ['/var/log/secure', '', true],
  ['/var/log/syslog', line('cron[7]'), false],
  ['/var/log/messages', line('cron[7]') + line('sshd[8]') + line('cron[9]'), true],
  ['/var/log/messages', line('sshd-session[8]'), true],
  ['/var/log/messages', line('sudo'), true],
  ['/var/log/messages', line('cron[7]').repeat(2000) + line('sudo'), true],
  ['/var/log/messages', line('visudo'), false],
];
for (const [path, text, carries] of carriers) {
  test(`whether ${path} of ${text.length} bytes carries logins: ${carries}`, async (t) => {
    const root = await machine(t, { [path]: text });
    assert.equal((await look(root, [path]))[0]?.carriesAuthentication, carries);
  });
}

test('a log nobody writes any more is followed and called stale', async (t) => {
  const root = await machine(t, { '/var/log/auth.log': 'x\n', '/var/log/journal/': '' });
  await age(join(root, '/var/log/auth.log'), 40 * DAY);
  const [row, journal] = await look(root, ['/var/log/auth.log']);
  assert.equal(row?.state, 'stale');
  assert.match(row?.reason ?? '', /40 days/);
  assert.match(journal?.reason ?? '', /no file carries logins/);
});

const ID = '0123456789abcdef'.repeat(2);
const OTHER = 'fedcba9876543210'.repeat(2);
const journalFile = (folder: string, id = ID): string => `${folder}/${id}/system.journal`;
const PROGRAM = '/usr/bin/env';

const journals: readonly (readonly [
  name: string,
  files: Readonly<Record<string, string>>,
  state: Candidate['state'],
  reason: RegExp,
])[] = [
  ['none at all', {}, 'off', /^No journal, and no file carries logins/],
  ['an empty folder', { '/var/log/journal/': '', '/run/systemd/journal/': '' }, 'off', /^No journal, and no file/],
  ['other machines’ alone', { '/var/log/journal/remote/a.journal': '' }, 'off', /^No journal, and no file/],
  ['none, but auth.log', { '/var/log/auth.log': '' }, 'off', /^No journal on this machine/],
  [
    'beside auth.log',
    { '/var/log/auth.log': '', [journalFile('/var/log/journal')]: '' },
    'off',
    /^Not read: logins come from \/var\/log\/auth\.log\.$/,
  ],
  ['alone', { [journalFile('/var/log/journal')]: '' }, 'follow', /^Read with journalctl: no file carries logins\.$/],
  ['alone, lost at a restart', { [journalFile('/run/log/journal')]: '' }, 'follow', /^Read with journalctl/],
];
for (const [name, files, state, reason] of journals) {
  test(`the journal: ${name}`, async (t) => {
    const root = await machine(t, files);
    const rows = await discover(['/var/log/auth.log'], { root, now: () => NOW, journalctl: [PROGRAM] });
    const row = rows.at(-1);
    assert.equal(row?.state, state);
    assert.match(row?.reason ?? '', reason);
    assert.equal(row?.journal !== undefined, state === 'follow');
  });
}

test('the journal under another root is read from its folder, that machine’s own before any other', async (t) => {
  const root = await machine(t, {
    '/etc/machine-id': `${ID}\n`,
    [journalFile('/run/log/journal')]: '',
    [journalFile('/var/log/journal', OTHER)]: '',
  });
  await age(join(root, journalFile('/run/log/journal')), DAY);
  const row = (await discover([], { root, now: () => NOW, journalctl: ['/nowhere', PROGRAM] })).at(-1);
  assert.equal(row?.path, '/run/log/journal');
  assert.deepEqual(row?.journal, {
    id: ID,
    journalctl: PROGRAM,
    args: [`--directory=${join(root, '/run/log/journal', ID)}`],
  });
});

test('a journal nobody writes any more is read and called stale', async (t) => {
  const root = await machine(t, { [journalFile('/var/log/journal')]: '' });
  await age(join(root, journalFile('/var/log/journal')), 40 * DAY);
  const row = (await discover([], { root, now: () => NOW, journalctl: [PROGRAM] })).at(-1);
  assert.equal(row?.state, 'stale');
  assert.match(row?.reason ?? '', /40 days/);
  assert.ok(row?.journal);
});

test('where the journal is read, what syslog writes out of it is not: no line comes twice', async (t) => {
  const root = await machine(t, {
    [journalFile('/var/log/journal')]: '',
    '/var/log/syslog': line('cron[7]'),
    '/var/log/nginx/access.log': 'x\n',
  });
  const paths = ['/var/log/auth.log', '/var/log/syslog', '/var/log/nginx/access.log'];
  const rows = await discover(paths, { root, now: () => NOW, journalctl: [PROGRAM] });
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['off', 'off', 'follow', 'follow'],
  );
  assert.match(rows[1]?.reason ?? '', /the journal is, and holds the same lines/);
});

test('without journalctl the journal is named as what is missing, and files are followed', async (t) => {
  const root = await machine(t, { [journalFile('/var/log/journal')]: '', '/var/log/syslog': '' });
  const rows = await discover(['/var/log/syslog'], { root, now: () => NOW, journalctl: ['/nowhere'] });
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['follow', 'denied'],
  );
  assert.match(rows[1]?.reason ?? '', /no journalctl .* Install systemd/);
});

test('a journal for its group alone: the group is named, and how to join it', async (t) => {
  const root = await machine(t, { [journalFile('/var/log/journal')]: '', '/etc/group': '' });
  const gid = await lockedBy(join(root, journalFile('/var/log/journal')), 0o640);
  await writeFile(join(root, '/etc/group'), `root:x:0:\nsystemd-journal:x:${gid}:\n`);
  const row = (await asNobody(() => look(root, [], 'ann'))).at(-1);
  assert.equal(row?.state, 'denied');
  assert.match(
    row?.reason ?? '',
    /the journal cannot be read.*sudo usermod -aG systemd-journal ann, then log in again/,
  );
});

const denials: readonly (readonly [
  name: string,
  fileMode: number,
  group: string,
  user: string | undefined,
  reason: RegExp,
])[] = [
  ['by group', 0o640, 'adm:x:GID:', undefined, /the group adm\. Run: sudo usermod -aG adm \$USER, then log in again/],
  ['by group, user known', 0o640, 'logs:x:GID:eve', 'ann', /sudo usermod -aG logs ann,/],
  [
    'joined, not logged in again',
    0o640,
    'adm:x:GID:eve,ann',
    'ann',
    /ann is in the group adm, .* Log out and in again/,
  ],
  [
    'for root alone',
    0o600,
    'adm:x:GID:',
    'ann',
    /only root may read it. Run: sudo setfacl -m u:ann:r \/var\/log\/auth\.log/,
  ],
  ['by a group without a name', 0o640, 'adm:x:1GID:', 'ann', /sudo setfacl/],
];
for (const [name, mode, group, user, reason] of denials) {
  test(`denied ${name}`, async (t) => {
    const root = await machine(t, { '/var/log/auth.log': 'x\n' });
    const file = join(root, '/var/log/auth.log');
    const gid = await lockedBy(file, mode);
    await mkdir(join(root, 'etc'));
    await writeFile(join(root, '/etc/group'), `root:x:0:\n${group.replace('GID', String(gid))}\n`);
    const [row] = await asNobody(() => look(root, ['/var/log/auth.log'], user));
    assert.equal(row?.state, 'denied');
    assert.equal(row?.carriesAuthentication, false);
    assert.match(row?.reason ?? '', reason);
  });
}

/** Closes `path` to us, and gives the id of its group. Somebody who is not root owns it, so the owner's bits must go. */
async function lockedBy(path: string, mode: number): Promise<number> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) await chown(path, 0, 4242);
  await chmod(path, isRoot ? mode : mode & ~0o400);
  return (await stat(path)).gid;
}

test('denied by a folder on the way: the folder is named', async (t) => {
  const root = await machine(t, { '/var/log/private/auth.log': 'x\n', '/etc/group': '' });
  const folder = join(root, '/var/log/private');
  const gid = await lockedBy(folder, 0o750);
  if (gid !== 4242) await chmod(folder, 0o050);
  await writeFile(join(root, '/etc/group'), `adm:x:${gid}:\n`);
  const [row] = await asNobody(() => look(root, ['/var/log/private/auth.log']));
  await chmod(folder, 0o700);
  assert.match(row?.reason ?? '', /by the folder \/var\/log\/private: it is for the group adm/);
});

test('a link out of the folder is refused, a link to a neighbour is one file with it', async (t) => {
  const root = await machine(t, { '/var/log/auth.log': 'x\n', '/etc/secret': 'x\n' });
  await symlink('../../etc/secret', join(root, '/var/log/secure'));
  await symlink('auth.log', join(root, '/var/log/messages'));
  const rows = await look(root, ['/var/log/auth.log', '/var/log/secure', '/var/log/messages', '/var/log']);
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['follow', 'denied', 'off', 'denied', 'off'],
  );
  assert.match(rows[1]?.reason ?? '', /link out of its folder/);
  assert.match(rows[2]?.reason ?? '', /same file as \/var\/log\/auth\.log/);
  assert.match(rows[3]?.reason ?? '', /not a regular file/);
});
