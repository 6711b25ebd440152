import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PARSERS } from '../parsers/index.ts';
import type { Parser } from '../parsers/parser.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';

const parser = (name: string, more: Partial<Parser>): Parser => ({
  name,
  programs: [],
  dataset: `${name}.log`,
  service: name,
  ...more,
});
const names = (list: readonly Parser[]): string[] => list.map(({ name }) => name);

const a = parser('alpha', { programs: ['alpha', 'shared'], signatures: [{ starts: 'Login failed' }] });
const b = parser('beta', {
  programs: ['beta', 'shared', 'more'],
  types: ['Nginx Proxy Manager'],
  paths: ['/beta/', '.log'],
  signatures: [{ has: ['failed for', 'from'] }, { starts: 'Login', has: ['failed', 'from'], test: /^Login \w+/ }],
  records: [{ keys: ['request.ip'] }, { keys: ['level', 'request.ip'], values: { logger: 'x' } }],
});
const c = parser('gamma', {
  programs: ['gamma/', 'php-fpm'],
  paths: ['/beta/gamma'],
  signatures: [{ has: ['from'] }],
  records: [{ keys: ['level', 'request.ip', 'b'] }],
});
const dispatcher = createDispatcher([c, a, b]);

const TAGS: readonly (readonly [program: string, found: string[]])[] = [
  ['alpha', ['alpha']],
  ['ALPHA', ['alpha']],
  ['/usr/sbin/alpha', ['alpha']],
  ['(alpha)', ['alpha']],
  ['docker/alpha', ['alpha']],
  ['shared', ['alpha', 'beta']],
  ['gamma/smtpd', ['gamma']],
  ['php-fpm8.2', ['gamma']],
  ['php8.2-fpm', ['gamma']],
  ['alphabet', []],
  ['', []],
];

test('a tag in any of its forms', () => {
  for (const [tag, found] of TAGS) assert.deepEqual(names(dispatcher.byProgram(tag)), found, tag);
});

test('a type in any spelling, a path by its longest piece', () => {
  assert.deepEqual(names(dispatcher.byType('nginx-proxy-manager')), ['beta']);
  assert.deepEqual(names(dispatcher.byType('Gamma')), ['gamma']);
  assert.deepEqual(names(dispatcher.byType('nothing')), []);
  assert.deepEqual(names(dispatcher.byPath('/var/log/Beta/gamma.log')), ['gamma', 'beta']);
  assert.deepEqual(names(dispatcher.byPath('C:\\logs\\beta\\x.log')), ['beta']);
  assert.deepEqual(names(dispatcher.byPath('/x')), []);
});

test('of signatures that fit, the one that asks for more is first', () => {
  assert.deepEqual(names(dispatcher.byText('Login failed for x from y')), ['beta', 'alpha', 'gamma']);
  assert.deepEqual(names(dispatcher.byText('Login failed')), ['alpha']);
  assert.deepEqual(names(dispatcher.byText('x Login failed')), []);
  assert.deepEqual(names(dispatcher.byKeys({ level: 1, 'request.ip': 'x', b: 2, logger: 'x' })), ['beta', 'gamma']);
  assert.deepEqual(names(dispatcher.byKeys({ level: 1, 'request.ip': 'x', b: 2 })), ['gamma', 'beta']);
  assert.deepEqual(names(dispatcher.byKeys({ level: 1 })), []);
});

test('who was ruled out hears why', () => {
  const reasons: string[] = [];
  dispatcher.byText('x Login failed for', ({ parser: { name } }, reason) => reasons.push(`${name} ${reason}`));
  assert.deepEqual(reasons, [
    'beta does not begin with "Login"',
    'beta does not hold "from"',
    'alpha does not begin with "Login failed"',
  ]);
  const missing: string[] = [];
  dispatcher.byKeys({ level: 1, 'request.ip': 'x' }, ({ parser: { name } }, reason) =>
    missing.push(`${name} ${reason}`),
  );
  assert.deepEqual(missing, ['beta logger is not x', 'gamma has no b']);
});

test('a signature without a text to look for is refused', () => {
  assert.throws(() => createDispatcher([parser('x', { signatures: [{ test: /x/ }] })]), /needs a text/);
  assert.throws(() => createDispatcher([parser('x', { signatures: [{ has: ['ab'] }] })]), /needs a text/);
  assert.throws(() => createDispatcher([parser('x', { records: [{ keys: [] }] })]), /needs a name/);
});

/** A fixed shuffle: every run tries the same orders. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const copy = [...list];
  let state = seed;
  for (let at = copy.length - 1; at > 0; at--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const other = state % (at + 1);
    [copy[at], copy[other]] = [copy[other] as T, copy[at] as T];
  }
  return copy;
}

const golden = new URL('../../../test/golden/', import.meta.url);

function verdicts(dispatch: Dispatcher, lines: readonly string[]): string[] {
  return lines.map((line) => {
    const body = line.slice(line.indexOf(': ') + 2);
    const found = [dispatch.byText(line), dispatch.byText(body), dispatch.byPath(line)].map(names);
    return JSON.stringify(found);
  });
}

test('the order of the table of parsers decides nothing', () => {
  const lines = readdirSync(golden, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(new URL(name, golden), 'utf8').split('\n'));
  const programs = PARSERS.flatMap((one) => [...one.programs, ...(one.types ?? []), one.name]);
  const keys = PARSERS.flatMap((one) => one.records ?? []).map(({ keys: list }) =>
    Object.fromEntries(list.map((key) => [key, 'x'])),
  );
  const all = (dispatch: Dispatcher): string[] => [
    ...verdicts(dispatch, lines),
    ...programs.map((name) => JSON.stringify([names(dispatch.byProgram(name)), names(dispatch.byType(name))])),
    ...keys.map((record) => JSON.stringify(names(dispatch.byKeys(record)))),
  ];
  const expected = all(createDispatcher(PARSERS));
  for (let seed = 1; seed <= 5; seed++)
    assert.deepEqual(all(createDispatcher(shuffled(PARSERS, seed))), expected, `seed ${seed}`);
});

test('every parser has a name of its own and reads something', () => {
  assert.equal(new Set(PARSERS.map(({ name }) => name)).size, PARSERS.length);
  for (const one of PARSERS) assert.ok(one.parse !== undefined || one.read !== undefined, one.name);
  for (const one of PARSERS) for (const program of one.programs) assert.equal(program, program.toLowerCase());
});
