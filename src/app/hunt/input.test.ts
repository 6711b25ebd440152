import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { holdsRules, type Inputs, inputsOf } from './input.ts';

const home = mkdtempSync(join(tmpdir(), 'porchlight-input-'));
after(() => rmSync(home, { recursive: true }));

const LOGS =
  'Security.evtx a.json a.jsonl a.ndjson.gz auth.log auth.log.1 auth.log.2.gz syslog syslog.3.zst messages-20251130 app.log-20251130.gz A.EVTX';
const OTHERS = 'info.yml a.png a.evtx.bak syslogger notes.md run.sh a.jsonx';

test('names of logs', () => {
  const folder = join(home, 'names');
  mkdirSync(folder);
  for (const name of `${LOGS} ${OTHERS}`.split(' ')) writeFileSync(join(folder, name), '12');
  const { files, passedOver } = inputsOf([folder]);
  assert.deepEqual(
    files.map(({ name }) => name),
    LOGS.split(' ')
      .map((name) => join(folder, name))
      .toSorted(),
  );
  assert.equal(passedOver, OTHERS.split(' ').length);
  assert.ok(files.every(({ size }) => size === 2));
});

test('a file that is named is read whatever its name; one that is not there says so', () => {
  const odd = join(home, 'odd.dat');
  writeFileSync(odd, '');
  assert.deepEqual(inputsOf(['-', odd, join(home, 'gone.log')]).files, [
    { name: '-', size: undefined },
    { name: odd, size: 0 },
    { name: join(home, 'gone.log'), size: 0, refused: 'is not there' },
  ]);
});

test('links in folders are not followed', () => {
  const folder = join(home, 'links');
  mkdirSync(folder);
  writeFileSync(join(home, 'secret.log'), 'x');
  symlinkSync(join(home, 'secret.log'), join(folder, 'a.log'));
  assert.deepEqual(inputsOf([folder]), { files: [], passedOver: 0 });
});

test('a folder that cannot be looked into is told, and the others are read', () => {
  const folder = join(home, 'closed');
  mkdirSync(join(folder, 'shut'), { recursive: true });
  writeFileSync(join(folder, 'a.log'), '1');
  writeFileSync(join(folder, 'shut', 'b.log'), '1');
  chmodSync(join(folder, 'shut'), 0o000);
  const isRoot = process.getuid?.() === 0;
  const found = isRoot ? asNobody(folder) : inputsOf([folder]);
  chmodSync(join(folder, 'shut'), 0o700);
  assert.deepEqual(
    found.files.map(({ name, refused }) => [name.slice(folder.length + 1), refused !== undefined]),
    [
      ['a.log', false],
      ['shut', true],
    ],
  );
});

/** Root may look into any folder. */
function asNobody(folder: string): Inputs {
  chmodSync(home, 0o755);
  process.seteuid?.(65_534);
  try {
    return inputsOf([folder]);
  } finally {
    process.seteuid?.(0);
  }
}

test('a folder of rules is told from a folder of logs', () => {
  for (const [name, files, expected] of [
    ['rules', ['a.yml', 'README.md'], true],
    ['samples', ['a.evtx', 'info.yml'], false],
    ['nothing', ['a.txt'], false],
  ] as const) {
    const folder = join(home, 'told', name);
    mkdirSync(folder, { recursive: true });
    for (const file of files) writeFileSync(join(folder, file), '');
    assert.equal(holdsRules(folder), expected, name);
  }
  assert.equal(holdsRules(join(home, 'told', 'rules', 'a.yml')), true);
  assert.equal(holdsRules(join(home, 'gone')), false);
});
