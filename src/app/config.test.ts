import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CodedError } from '#contract';
import { parseConfig, readConfig } from './config.ts';

const PATH = '/etc/porchlight.yaml';
const parse = (text: string, environment: NodeJS.ProcessEnv = {}) => parseConfig({ path: PATH, text }, environment);

function refusal(text: string, environment: NodeJS.ProcessEnv = {}): string {
  try {
    parse(text, environment);
  } catch (error) {
    assert.ok(error instanceof CodedError && error.code === 'CONFIG', String(error));
    return error.detail;
  }
  return assert.fail('It was accepted.');
}

const faults: readonly { readonly what: string; readonly text: string; readonly says: RegExp }[] = [
  {
    what: 'an unknown key, and the one that was meant',
    text: 'http:\n  prot: 8080\n',
    says: /^\/etc\/porchlight\.yaml:2: unknown key "prot"\. Did you mean "port"\?\n {4}prot: 8080$/,
  },
  { what: 'an unknown key that is like none', text: 'frobnicate: 1\n', says: /:1: unknown key "frobnicate"\n/ },
  { what: 'a number out of range', text: '\n\nhttp:\n  port: 70000\n', says: /:4: http\.port: .*\n {4}port: 70000$/ },
  {
    what: 'a fault inside a list',
    text: 'http:\n  keys:\n    - name: nas\n      role: king\n      key: 01234567890123456789\n',
    says: /:4: http\.keys\.0\.role: /,
  },
  {
    what: 'a key that is missing: its parent',
    text: 'http:\n  keys:\n    - name: nas\n',
    says: /:3: http\.keys\.0\.(?:role|key): /,
  },
  { what: 'broken YAML', text: 'http:\n  hosts: [a\nsources: {}\n', says: /^\/etc\/porchlight\.yaml:\d: / },
  { what: 'two of one key', text: 'http: {}\nhttp: {}\n', says: /:2: / },
  { what: 'a text where a section belongs', text: 'http: yes please\n', says: /:1: http: / },
];
for (const { what, text, says } of faults) test(`a refusal names ${what}`, () => assert.match(refusal(text), says));

test('aliases that grow without end are refused', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, i) => {
      const before = 'abcdefgh'[i];
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`;
    }),
  ];
  assert.match(refusal(bomb.join('\n')), /alias/i);
});

test('no file, an empty one and comments alone are the default', () => {
  const standard = parseConfig(undefined, {});
  assert.equal(standard.http.port, 5000);
  assert.equal(standard.http.host, '127.0.0.1');
  for (const text of ['', '# nothing\n', '{}\n']) assert.deepEqual(parse(text), standard);
});

test('secrets come from the environment and from files', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key');
  writeFileSync(file, 'from-a-file-0123456789\n');
  const text = `http:\n  keys:\n    - { name: a, role: agent, key: "\${NAS_KEY}-suffix-0123456789" }\n    - { name: b, role: viewer, key: "file:${file}" }\n`;
  const keys = parse(text, { NAS_KEY: 'from-the-environment' }).http.keys.map(({ key }) => key);
  assert.deepEqual(keys, ['from-the-environment-suffix-0123456789', 'from-a-file-0123456789']);
});

test('a secret that is not there is named, with its line; its value never is', () => {
  const text = 'http:\n  keys:\n    - name: a\n      role: agent\n      key: ${NAS_KEY}\n';
  assert.match(refusal(text), /:5: the environment variable NAS_KEY is not set/);
  assert.match(refusal(text.replace('${NAS_KEY}', 'file:/nowhere/key')), /:5: the secret file cannot be read: /);
  const short = refusal(text, { NAS_KEY: 'canary-5150' });
  assert.match(short, /:5: http\.keys\.0\.key: /);
  assert.doesNotMatch(short, /canary-5150/);
});

test('what comes from the environment is a value and never YAML or a file', () => {
  const key = 'file:/etc/hostname-0123456789: {a: b}';
  assert.equal(parse('http: { keys: [{ name: a, role: agent, key: "${K}" }] }\n', { K: key }).http.keys[0]?.key, key);
});

test('a file that was asked for must be there', () => {
  const nowhere = join(tmpdir(), 'porchlight-nowhere', 'porchlight.yaml');
  assert.equal(readConfig(nowhere, false), undefined);
  assert.throws(() => readConfig(nowhere, true), { code: 'CONFIG' });
});
