import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { bytesOf, runLine, type Said } from './cli.fixture.ts';
import type { Context } from './command.ts';
import { allCommands } from './commands/index.ts';

const run = (argv: readonly string[], overrides: Partial<Context> = {}): Promise<Said> =>
  runLine(argv, {
    environment: { PORCHLIGHT_DATA: join(tmpdir(), 'porchlight-nowhere') },
    now: () => Date.UTC(2026, 0, 10),
    ...overrides,
  });

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-cli-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

for (const { name, options, summary } of await allCommands()) {
  test(`${name} --help: examples that call it, every option, the exit codes; on standard output`, async () => {
    const { code, out, err } = await run([name, '--help']);
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.ok(out.startsWith(summary));
    assert.match(
      out,
      new RegExp(`Examples?:\n(?: +(?:porchlight ${name}\\b|npm start|.*\\| *porchlight ${name}\\b).*\n)+`),
    );
    for (const option of Object.keys(options)) assert.ok(out.includes(`--${option}`), option);
    assert.match(out, /Exit codes:\n {2}0 {2}/);
    assert.ok(
      out.split('\n').every((line) => line.length <= 200),
      'no line without an end',
    );
    assert.equal((await run([name, '-h'])).out, out);
  });

  test(`${name}: an unknown option is code 2 and says where help is`, async () => {
    const { code, out, err } = await run([name, '--frobnicate']);
    assert.deepEqual({ code, out }, { code: 2, out: '' });
    assert.match(err, new RegExp(`porchlight ${name}: .*frobnicate.*\n.*--help`));
    assert.doesNotMatch(err, /\n\s+at /);
  });
}

const cases: readonly {
  readonly argv: readonly string[];
  readonly code: number;
  readonly out?: RegExp;
  readonly err?: RegExp;
}[] = [
  { argv: [], code: 0, out: /Usage: porchlight COMMAND/ },
  { argv: ['help'], code: 0, out: /\n {2}up +Start everything/ },
  { argv: ['--help'], code: 0, out: /\n {2}parse +/ },
  { argv: ['--version'], code: 0, out: /^porchlight \d+\.\d+\.\d+\n$/ },
  {
    argv: ['serach'],
    code: 2,
    err: /there is no command "serach"\. Did you mean "search"\?\n {2}See porchlight COMMAND --help/,
  },
  { argv: ['frobnicate'], code: 2, err: /there is no command "frobnicate"\n/ },
  { argv: ['constructor'], code: 2, err: /there is no command "constructor"/ },
  { argv: ['\u001b[31mup\u202e'], code: 2, err: /^[^\u001b\u202e]*$/ },
  { argv: ['up', '--port', 'x'], code: 2, err: /--port x: a port is a number from 0 to 65535/ },
  { argv: ['up', '--port', '65536'], code: 2, err: /--port 65536/ },
  {
    argv: ['up', '--honeypot', 'here'],
    code: 2,
    err: /--honeypot here: give HOST:PORT, such as 0\.0\.0\.0:2323, or off/,
  },
  { argv: ['up', '--config', '/nowhere/porchlight.yaml'], code: 3, err: /\/nowhere\/porchlight\.yaml cannot be read/ },
  { argv: ['search', 'x', '--url', 'nonsense'], code: 2, err: /--url nonsense is not an address/ },
  {
    argv: ['search', 'x', '--url', 'http://127.0.0.1:1'],
    code: 3,
    err: /No Porchlight answers there: .*\n {2}Start it/,
  },
  {
    argv: ['search', '-user.name:root', '--url', 'http://127.0.0.1:1'],
    code: 3,
    err: /No Porchlight answers there/,
  },
  { argv: ['search', '-root'], code: 2, err: /A query that begins with - goes after --\n/ },
  { argv: ['score', '-user.name:root'], code: 2, err: /Unknown option '-u'\n/ },
  { argv: ['parse', '/nowhere/auth.log'], code: 2, err: /\/nowhere\/auth\.log: ENOENT/ },
];
for (const { argv, code, out = /^$/, err = /^$/ } of cases) {
  test(`porchlight ${JSON.stringify(argv.join(' '))} ends with ${code}`, async () => {
    const said = await run(argv);
    assert.equal(said.code, code, said.err);
    assert.match(said.out, out);
    assert.match(said.err, err);
    assert.doesNotMatch(said.err, /\n\s+at /);
  });
}

for (const argv of [['score'], ['search', 'x'], ['rules', 'backtest', 'Password guessing over SSH']])
  test(`porchlight ${argv.join(' ')} is stopped while the server thinks: 130, and not a word`, async (t) => {
    const stop = new AbortController();
    const server = createServer(() => stop.abort()).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const url = `http://127.0.0.1:${address.port}`;
    const said = await run([...argv, '--url', url], { signal: stop.signal });
    assert.deepEqual(said, { code: 130, out: '', err: '' });
  });

test('an address that is not loopback is refused before anything is opened', async (t) => {
  const folder = folderWith(t, {});
  const { code, err } = await run(['up', '--host', '0.0.0.0', '--port', '0', '--honeypot', 'off', '--data', folder]);
  assert.equal(code, 3);
  assert.match(err, /The dashboard stays on this machine/);
});

test('a fault in the configuration names file, line and what was meant', async (t) => {
  const folder = folderWith(t, { 'porchlight.yaml': 'http:\n  prot: 1\n' });
  const { code, err } = await run(['up', '--data', folder]);
  assert.equal(code, 3);
  assert.match(err, /porchlight\.yaml:2: unknown key "prot"\. Did you mean "port"\?\n {4}prot: 1\n/);
});

const parsed = ({ out }: Said): Record<string, unknown>[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));

test('parse: a line out for every line in, in the same order, whatever they are', async () => {
  const failed = '2026-01-10T03:00:00Z nas sshd[7]: Failed password for root from 203.0.113.7 port 51332 ssh2';
  const input = [
    'first',
    '',
    failed,
    '   ',
    '{"message":"an object"}',
    '\u0000\u001b[2J',
    'x'.repeat(70_000),
    '{"a":',
    'last',
  ];
  const said = await run(['parse', '--timezone', 'UTC'], { stdin: bytesOf([`${input.join('\n')}\n`]) });
  assert.equal(said.code, 0, said.err);
  const events = parsed(said);
  assert.equal(events.length, input.length);
  assert.equal(events[0]?.['message'], 'first');
  assert.equal(events[2]?.['source.ip'], '203.0.113.7');
  assert.equal(events.at(-1)?.['message'], 'last');
  assert.doesNotMatch(said.out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('parse: lines cut anywhere by chunks, CRLF, and a last line without its end', async () => {
  const text = 'one\r\ntwo \u00c3\u00a9\r\nthree';
  const whole = await run(['parse'], { stdin: bytesOf([text]) });
  const pieces = await run(['parse'], { stdin: bytesOf(text.split('')) });
  assert.equal(pieces.out, whole.out);
  assert.deepEqual(
    parsed(whole).map((event) => event['message']),
    ['one', 'two é', 'three'],
  );
});

test('parse: files one after the other, as if they were one', async (t) => {
  const folder = folderWith(t, { a: 'a1\na2\n', b: 'b1' });
  const said = await run(['parse', join(folder, 'a'), join(folder, 'b')]);
  assert.deepEqual(
    parsed(said).map((event) => event['message']),
    ['a1', 'a2', 'b1'],
  );
});

test('parse: on a terminal without a file it does not wait for typing', async () => {
  const { code, err } = await run(['parse'], { stdinIsTerminal: true });
  assert.equal(code, 2);
  assert.match(err, /name a file, or send lines to standard input/);
});
