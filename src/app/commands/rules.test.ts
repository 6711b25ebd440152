/** What the commands say and do about rules, in a data folder of their own. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Said, runLine } from '../cli.fixture.ts';
import { zipOf } from '../rules/zip.fixture.ts';

const rule = (title: string, item: string, more = ''): string =>
  `title: ${title}
level: high
logsource: { product: windows, category: file_event }
detection: { selection: { ${item} }, condition: selection }
${more}`;

const id = (n: number): string => `id: ${n}1111111-1111-4111-8111-111111111111\n`;
const GOOD = rule('Good', 'Image: x');
const SILENT = rule('Silent', 'CommandLine: x', 'scope: [server]\n');
const REFUSED = rule('Refused', 'Image|fuzzy: x');
const REMARKS = [
  'cannot fire here: events of windows file_event have no CommandLine',
  'scope ["server"] is not looked at: the rule runs for every machine',
];

interface Bench {
  readonly folder: string;
  /** The file of the configuration's rules. */
  readonly file: string;
  run(...words: readonly string[]): Promise<Said>;
}

function bench(context: TestContext, settings: object = {}): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-rules-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'mine.yml');
  writeFileSync(file, [GOOD, SILENT, REFUSED].join('---\n'));
  const config = { rules: { folders: [file], ...settings }, http: { port: 1 } };
  writeFileSync(join(folder, 'porchlight.yaml'), JSON.stringify(config));
  return {
    folder,
    file,
    run: (...words) => runLine(['rules', ...words, '--data', folder]),
  };
}

test('list WORD: a remark stands below its rule, a refusal has place and reason', async (context) => {
  const { run, file } = bench(context);
  const { code, out, err } = await run('list', '--set', 'folder');
  const indent = ' '.repeat(15);
  const lines = [
    `high           Good  (${file})`,
    `high           Silent  (${file})`,
    ...REMARKS.map((remark) => indent + remark),
  ];
  assert.equal(out, lines.map((line) => `${line}\n`).join(''));
  assert.match(err, new RegExp(`^refused: ${file}:15:33: unknown modifier fuzzy$`, 'm'));
  assert.equal(code, 1);
});

test('list: counts by set, product, status and level', async (context) => {
  const { run } = bench(context);
  const { out } = await run('list');
  assert.match(out, /^set +rules +alert +noted +feed +off +idle$/m);
  assert.match(out, /^folder +2 +2 +· +· +· +1$/m);
  for (const title of ['product', 'status', 'level']) assert.match(out, new RegExp(`^${title} +rules`, 'm'));
  assert.match(out, /^windows +\d/m);
  assert.match(out, /^\d+ rules, \d+ broken\./m);
});

/** [options, titles of the configuration's rules] */
const NARROWED: readonly (readonly [readonly string[], readonly string[]])[] = [
  [['good'], ['Good']],
  [['--state', 'idle'], ['Silent']],
  [['--level', 'critical'], []],
  [
    ['--product', 'file_event'],
    ['Good', 'Silent'],
  ],
  [['--product', 'linux'], []],
  [['--tag', 'attack.t9999'], []],
  [['--state', 'off'], []],
];
for (const [options, titles] of NARROWED)
  test(`list ${options.join(' ')} --json: ${titles.join(', ') || 'none'}`, async (context) => {
    const { out } = await bench(context).run('list', '--json', '--set', 'folder', ...options);
    const rules = out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { title: string });
    assert.deepEqual(
      rules.map(({ title }) => title),
      titles,
    );
  });

test('as JSON, a rule carries what was made of it', async (context) => {
  const { run } = bench(context, { levels: { 'file:mine.yml': 'low' } });
  const { out } = await run('list', 'good', '--set', 'folder', '--json');
  const { level, written_level, state, reason, product, remarks } = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual(
    { level, written_level, state, reason, product, remarks },
    {
      level: 'low',
      written_level: 'high',
      state: 'records',
      reason: 'noted only: level low is under medium',
      product: 'windows',
      remarks: [],
    },
  );
});

test('check: a line each, with place and severity; exit 1 for errors, and for warnings where asked', async (context) => {
  const { run, folder, file } = bench(context);
  const bad = await run('check', file);
  assert.equal(bad.code, 1);
  assert.match(bad.out, new RegExp(`^${file}:15:33: error: unknown modifier fuzzy$`, 'm'));
  assert.match(bad.out, new RegExp(`^${file}:\\d+:\\d+: warning: cannot fire here: `, 'm'));
  assert.match(bad.err, /^2 good rules, 1 error, \d+ warnings\.$/m);
  const fine = join(folder, 'fine.yml');
  writeFileSync(fine, `${GOOD}status: test\n${id(1)}`);
  assert.deepEqual(await run('check', fine, '--strict'), {
    code: 0,
    out: '',
    err: '1 good rule, 0 errors, 0 warnings.\n',
  });
  writeFileSync(fine, GOOD);
  assert.equal((await run('check', fine)).code, 0);
  assert.equal((await run('check', fine, '--strict')).code, 1);
  const [fault = ''] = (await run('check', fine, '--json')).out.split('\n');
  const { severity, line, column } = JSON.parse(fault) as Record<string, unknown>;
  assert.deepEqual({ severity, line, column }, { severity: 'warning', line: 1, column: 1 });
});

test('placeholders of the configuration are what expand stands for', async (context) => {
  const text = rule('Theirs', "User|expand: '%admins%'", id(2));
  const without = bench(context);
  writeFileSync(without.file, text);
  assert.match((await without.run('check', without.file)).out, /nothing is known for the placeholder %admins%/);
  const given = bench(context, { placeholders: { admins: ['root', 7] } });
  writeFileSync(given.file, text);
  assert.equal((await given.run('check', given.file)).code, 0);
});

test('a release is added, brought up to date, and removed', async (context) => {
  const { run, folder } = bench(context);
  const zip = join(folder, 'sigma_core.zip');
  const entry = (name: string, text: string) => ({ name, text });
  writeFileSync(
    zip,
    zipOf([
      entry('rules/a.yml', rule('First', 'Image: a', id(1))),
      entry('rules/b.yml', rule('Second', 'Image: b', id(2))),
      entry('rules/c.yml', rule('Third', 'Image|fuzzy: c', id(3))),
      entry('tests/data.yml', 'list: [1, 2]\n'),
      entry('.github/w.yml', 'detection: {}\n'),
      entry('LICENSE', 'DRL'),
    ]),
  );
  const added = await run('add', zip);
  assert.equal(added.code, 0, added.err);
  assert.match(
    added.out,
    /^Installed sigma_core, 3 rule files\.\n2 are understood, 0 of them cannot fire here; 1 is refused\.\n {2}\S+c\.yml:4:33: unknown modifier fuzzy$/m,
  );
  assert.match(added.out, /A server takes them when it starts\./);
  const titles = async (): Promise<string[]> => {
    const { out } = await run('list', '--json', '--set', 'sigma_core');
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { title: string }).title);
  };
  assert.deepEqual(await titles(), ['First', 'Second']);

  writeFileSync(
    zip,
    zipOf([
      entry('rules/a.yml', rule('First!', 'Image: a', id(1))),
      entry('rules/d.yml', rule('Fourth', 'Image: d', id(4))),
    ]),
  );
  assert.match((await run('add', zip)).out, /^Updated sigma_core, 2 rule files: 1 new, 1 changed, 2 gone\.$/m);
  assert.deepEqual(await titles(), ['First!', 'Fourth']);
  assert.equal(readdirSync(join(folder, 'rules', 'sigma_core')).length, 2);

  assert.match((await run('remove', 'sigma_core')).out, /^Removed sigma_core\.$/m);
  assert.deepEqual(await titles(), []);
  assert.deepEqual(readdirSync(join(folder, 'rules')), []);
  const again = await run('remove', 'sigma_core');
  assert.deepEqual([again.code, /no set is installed/.test(again.err)], [2, true]);
});

test('what cannot be taken changes nothing', async (context) => {
  const { run, folder } = bench(context);
  const zip = join(folder, 'set.zip');
  writeFileSync(zip, zipOf([{ name: 'a.yml', text: rule('Old', 'Image: a', id(1)) }]));
  await run('add', zip);
  const before = readFileSync(join(folder, 'rules/set/set.json'), 'utf8');
  for (const [bytes, reason] of [
    [zipOf([{ name: '../../porchlight.yaml', text: 'detection: {}' }]), /leads out of the folder/],
    [zipOf([{ name: 'README.md', text: 'detection: {}' }]), /there are no Sigma rules in it/],
    [Buffer.from('PK, but no archive'), /it is no ZIP archive/],
  ] as const) {
    writeFileSync(zip, bytes);
    const { code, err } = await run('add', zip);
    assert.equal(code, 3);
    assert.match(err, reason);
    assert.match(err, /Nothing was changed/);
  }
  assert.equal(readFileSync(join(folder, 'rules/set/set.json'), 'utf8'), before);
  assert.deepEqual(readdirSync(join(folder, 'rules')), ['set']);
});

test('a folder is taken under its own name, or another', async (context) => {
  const { run, folder } = bench(context);
  mkdirSync(join(folder, 'My Rules', 'deep'), { recursive: true });
  writeFileSync(join(folder, 'My Rules', 'deep', 'a.yaml'), rule('Mine', 'Image: a', id(1)));
  assert.match((await run('add', join(folder, 'My Rules'))).out, /^Installed my-rules, 1 rule file\.$/m);
  assert.match((await run('add', join(folder, 'My Rules'), '--name', 'other')).out, /^Installed other, /m);
  // The same rule twice is one.
  const { out } = await run('list', '--json', 'mine', '--set', 'other');
  assert.equal(out, '');
  for (const name of ['../up', 'porchlight', 'Big', 'a b'])
    assert.equal((await run('add', join(folder, 'My Rules'), '--name', name)).code, 2, name);
});

test('switched off and on by hand, and left to the configuration again', async (context) => {
  const { run } = bench(context, { disable: ['file:mine.yml'] });
  const state = async (): Promise<string> => {
    const { out } = await run('list', 'good', '--set', 'folder', '--json');
    const { state: now, reason } = JSON.parse(out) as Record<string, string>;
    return `${now}: ${reason}`;
  };
  assert.equal(await state(), 'off: switched off by rules.disable: file:mine.yml');
  assert.match((await run('enable', 'good')).out, /^Good is switched on\./);
  assert.equal(await state(), 'alerts: ');
  await run('disable', 'Good');
  assert.equal(await state(), 'off: switched off by hand');
  await run('default', 'Good');
  assert.equal(await state(), 'off: switched off by rules.disable: file:mine.yml');
  const unknown = await run('disable', 'nothing of this');
  assert.deepEqual([unknown.code, /there is no rule "nothing of this"/.test(unknown.err)], [2, true]);
});

test('a slip of the pen is answered with what was meant', async (context) => {
  const { code, err } = await bench(context).run('lst');
  assert.deepEqual([code, /did you mean list\?/.test(err)], [2, true]);
});
