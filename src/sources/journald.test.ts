import assert from 'node:assert/strict';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { journald } from './journald.ts';
import { BEGIN, entry, folderFor, JOURNALCTL, reader, write } from './journald/test-journal.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const entries = (from: number, to: number): Buffer[] => range(from, to).map((n) => entry(n));
const lines = (from: number, to: number): string[] => range(from, to).map((n) => `line ${n}`);

test('a journal is read from its beginning to its end, numbered', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  await write(file, entries(1, 500));
  const one = reader({ args: [`--file=${file}`] });
  await one.read();
  assert.deepEqual(one.messages(), lines(1, 500));
  assert.equal(one.marks()[0]?.key, `journald:test@${BEGIN / 1000}`);
  assert.equal(one.marks()[0]?.mark, 500);
});

test('at first sight only the backfill is read, and flagged; what comes later is not', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  await write(file, entries(0, 9));
  const one = reader({ args: [`--file=${file}`], backfill: 4, now: () => BEGIN / 1000 + 8 });
  await one.read();
  assert.deepEqual(one.messages(), lines(4, 9));
  const flags = one.records.map(({ backfill }) => backfill ?? false);
  assert.deepEqual(flags, [true, true, true, true, false, false]);
});

test('a restart in the middle of the backfill still knows it as such', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  await write(file, entries(0, 9));
  let now = BEGIN / 1000 + 8;
  const one = reader({ args: [`--file=${file}`], backfill: 8, now: () => now });
  await one.read(3);
  now += 60_000;
  await one.read();
  assert.deepEqual(one.messages(), lines(0, 9));
  const flags = one.records.map(({ backfill }) => backfill ?? false);
  assert.deepEqual(flags, [...range(0, 7).map(() => true), false, false]);
});

test('what is appended while we follow comes, in one order with what was there', async (t) => {
  const folder = await folderFor(t);
  const file = join(folder, 'system.journal');
  await write(file, entries(1, 3));
  const one = reader({ args: [`--directory=${folder}`] });
  let appending: Promise<void> = Promise.resolve();
  await one.follow(({ text }) => {
    const last = [3, 6].find((n) => text.includes(`"line ${n}"`));
    if (last !== undefined) appending = appending.then(() => write(file, entries(last + 1, last + 3)));
    return text.includes('"line 9"');
  });
  await appending;
  assert.deepEqual(one.messages(), lines(1, 9));
});

test('where nothing is recent enough to be read back, the first new entry comes', async (t) => {
  const folder = await folderFor(t);
  const file = join(folder, 'system.journal');
  await write(file, entries(1, 3));
  let started = 0;
  let writing: Promise<void> = Promise.resolve();
  const one = reader({
    args: [`--directory=${folder}`],
    backfill: 0,
    now: () => BEGIN / 1000 + 5,
    onStarted() {
      if (++started === 2) writing = write(file, entries(5, 6));
    },
  });
  await one.follow(({ text }) => text.includes('"line 6"'));
  await writing;
  assert.deepEqual(one.messages(), lines(5, 6));
  assert.deepEqual(one.losses, []);
});

test('a journal that is rotated while we follow is followed into its new file', async (t) => {
  const folder = await folderFor(t);
  const file = join(folder, 'system.journal');
  await write(file, entries(1, 3));
  const one = reader({ args: [`--directory=${folder}`] });
  let rotating: Promise<void> = Promise.resolve();
  await one.follow(({ text }) => {
    if (text.includes('"line 3"')) {
      rotating = rename(file, join(folder, 'system@1.journal')).then(() => write(file, entries(4, 6)));
    }
    return text.includes('"line 6"');
  });
  await rotating;
  assert.deepEqual(one.messages(), lines(1, 6));
});

const gone: readonly (readonly [what: string, left: readonly Buffer[], expected: readonly string[]])[] = [
  ['older entries are gone', entries(5, 8), lines(5, 8)],
  ['ours alone is gone', [...entries(1, 2), ...entries(4, 5)], lines(4, 5)],
  ['all are gone, none is new', [], []],
];
for (const [what, left, expected] of gone) {
  test(`a lost cursor is said, and reading goes on at its time: ${what}`, async (t) => {
    const folder = await folderFor(t);
    const file = join(folder, 'system.journal');
    await write(file, entries(1, 4));
    const one = reader({ args: [`--directory=${folder}`] });
    await one.read(3);
    await rm(file);
    if (left.length > 0) await write(file, left);
    one.records.length = 0;
    await one.read();
    assert.deepEqual(one.losses, ['cursor']);
    assert.deepEqual(one.messages(), expected);
    await one.read();
    assert.deepEqual(one.messages(), expected, 'and goes on from there');
    assert.equal(one.marks().length, expected.length > 0 ? 2 : 1, 'under a key of its own');
  });
}

test('an entry that was copied into another file is no loss', async (t) => {
  const folder = await folderFor(t);
  await write(join(folder, 'system.journal'), entries(1, 4));
  const one = reader({ args: [`--directory=${folder}`] });
  await one.read(3);
  await rm(join(folder, 'system.journal'));
  await write(join(folder, 'other.journal'), entries(2, 6));
  await one.read();
  assert.deepEqual(one.messages(), lines(1, 6));
  assert.deepEqual(one.losses, []);
});

test('a cursor that journalctl refuses is a lost one', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  await write(file, entries(1, 4));
  const detail = JSON.stringify({ cursor: 'rubbish', time: BEGIN + 3000, first: 1 });
  const one = reader({ args: [`--file=${file}`], known: [{ key: 'journald:test@7', mark: 2, detail }] });
  await one.read();
  assert.deepEqual(one.losses, ['cursor']);
  assert.deepEqual(one.messages(), lines(3, 4));
});

test('bytes, repeated fields and many lines come as journalctl gives them', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  const bytes = Buffer.from([0x68, 0xff, 0x0a, 0x01]);
  await write(file, [entry(1, { MESSAGE: bytes, TAG: ['a', 'b'] }), entry(2, { MESSAGE: 'one\ntwo' })]);
  const one = reader({ args: [`--file=${file}`] });
  await one.read();
  assert.deepEqual(one.messages(), [[0x68, 0xff, 0x0a, 0x01], 'one\ntwo']);
  const tags = (JSON.parse(one.records[0]?.text ?? '') as { TAG: string[] }).TAG;
  assert.deepEqual(tags.toSorted(), ['a', 'b']);
});

test('a huge message is cut and flagged, and nothing after it is lost', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  const core = Buffer.alloc(3_000_000, 0xfe);
  await write(file, [entry(1, { MESSAGE: `begin ${'ä'.repeat(2_000_000)}`, COREDUMP: core }), entry(2)]);
  const one = reader({ args: [`--file=${file}`] });
  await one.read();
  assert.deepEqual(
    one.records.map(({ cut }) => cut ?? false),
    [true, false],
  );
  const [message, after] = one.messages();
  assert.match(String(message), /^begin ä+$/);
  assert.ok((one.records[0]?.text.length ?? 0) < 1024 * 1024);
  assert.equal(after, 'line 2');
  await one.read();
  assert.equal(one.records.length, 2);
});

test('stopped after the first of many entries it ends, and leaves no process behind', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  await write(file, entries(1, 2000));
  const one = reader({ args: [`--file=${file}`] });
  await one.read(1);
  assert.equal(one.records.length, 1);
  for (const pid of one.pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('who turns away in the middle leaves no process behind', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  await write(file, entries(1, 2000));
  const pids: number[] = [];
  const tag = { id: 'journald', agent: 'local', host: 'here' };
  const place = { journalctl: JOURNALCTL, args: [`--file=${file}`], journal: 'x', tag, known: [], backfill: BEGIN };
  const options = {
    ...place,
    now: () => BEGIN / 1000,
    onLost: () => {},
    onStarted: (pid: number) => void pids.push(pid),
  };
  for await (const chunk of journald(options, new AbortController().signal)) {
    assert.ok(chunk.length > 0);
    break;
  }
  assert.equal(pids.length, 1);
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('an abort ends a quiet follow without an error', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  await write(file, entries(1, 1));
  const stop = new AbortController();
  const one = reader({
    args: [`--file=${file}`],
    // Nothing is new, so that journalctl says nothing by itself.
    backfill: 0,
    now: () => BEGIN / 1000 + 5,
    onStarted() {
      if (one.pids.length === 2) setImmediate(() => stop.abort());
    },
  });
  await one.follow(() => false, stop);
  assert.equal(one.pids.length, 2);
  for (const pid of one.pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('a boot that began while we were away is read as well', async (t) => {
  const folder = await folderFor(t);
  const file = join(folder, 'system.journal');
  await write(file, entries(1, 3));
  const one = reader({ args: [`--directory=${folder}`] });
  let writing: Promise<void> = Promise.resolve();
  const boot = { _BOOT_ID: 'feedface'.repeat(4) };
  await one.follow(({ text }) => {
    if (text.includes('"line 3"')) writing = write(file, [entry(4), entry(5, boot), entry(6, boot)]);
    return text.includes('"line 4"');
  });
  await writing;
  await one.follow(({ text }) => text.includes('"line 6"'));
  assert.deepEqual(one.messages(), lines(1, 6));
  assert.deepEqual(one.losses, []);
});

test('a child that dies is an error for the supervisor', async (t) => {
  const file = join(await folderFor(t), 'system.journal');
  await write(file, entries(1, 1));
  let started = 0;
  const one = reader({
    args: [`--file=${file}`],
    onStarted(pid) {
      if (++started === 2) process.kill(pid, 'SIGKILL');
    },
  });
  await assert.rejects(
    one.follow(() => false),
    /journalctl ended with SIGKILL/,
  );
});

const failures: readonly (readonly [what: string, journalctl: string, args: readonly string[], reason: RegExp])[] = [
  ['journalctl is missing', '/nowhere/journalctl', [], /^\/nowhere\/journalctl is not there/],
  ['the file is missing', JOURNALCTL, ['--file=/nowhere/a.journal'], /journalctl ended with 1\. .*No such file/],
];
for (const [what, journalctl, args, reason] of failures) {
  test(`${what}: says so`, async () => {
    const one = reader({ journalctl, args });
    await assert.rejects(one.read(), { message: reason });
  });
}

test('aborted before it began, it starts nothing', async () => {
  const options = { journalctl: '/nowhere', journal: 'x', known: [], backfill: 0, now: () => 0, onLost: () => {} };
  const tag = { id: 'journald', agent: 'local', host: 'here' };
  for await (const _ of journald({ ...options, tag }, AbortSignal.abort())) assert.fail('a record');
});
