import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readRules } from './rule-catalogue.ts';

const RULE = 'title: One\nlogsource: {product: linux}\ndetection: {s: {a: 1}, condition: s}\n';

interface Place {
  readonly folder: string;
  readonly rule: string;
  readonly cache: string;
}

function place(context: TestContext, text = RULE): Place {
  const folder = mkdtempSync(join(tmpdir(), 'rule-cache-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const rule = join(folder, 'one.yml');
  writeFileSync(rule, text);
  return { folder, rule, cache: join(folder, 'rules.cache') };
}

/** What the cache says instead of the YAML, so that a test sees who answered. */
function rewrite(cache: string, from: string, to: string, keepHash: boolean): void {
  const [first = '', body = ''] = readFileSync(cache, 'utf8').split('\n');
  writeFileSync(cache, keepHash ? `${first}\n${body.replace(from, to)}` : body);
}

test('the second start gives the same documents, from the cache', (context) => {
  const { folder, cache } = place(context);
  const first = readRules([folder], cache);
  const written = readFileSync(cache, 'utf8');
  assert.match(written, /"title":"One"/);
  if (process.platform !== 'win32') assert.equal(statSync(cache).mode & 0o777, 0o600);
  assert.deepEqual(readRules([folder], cache), first);
  assert.equal(readFileSync(cache, 'utf8'), written);
});

test('a changed file is parsed anew, and what is gone is forgotten', (context) => {
  const { folder, rule, cache } = place(context);
  readRules([folder], cache);
  writeFileSync(rule, RULE.replace('One', 'Two'));
  const [document] = readRules([folder], cache).documents;
  assert.match(JSON.stringify(document?.content), /Two/);
  assert.doesNotMatch(readFileSync(cache, 'utf8'), /One/);
});

test('a damaged cache is none', (context) => {
  const { folder, cache } = place(context);
  const first = readRules([folder], cache);
  rewrite(cache, 'One', 'Own', true);
  assert.deepEqual(readRules([folder], cache), first);
  rewrite(cache, '', '', false);
  assert.deepEqual(readRules([folder], cache), first);
});

/** [what, text] */
const UNKEPT: readonly (readonly [string, string])[] = [
  ['broken YAML', 'title: [\n'],
  ['what JSON cannot say', `${RULE}x: .inf\n`],
  ['a zero that JSON makes another', `${RULE}x: -0\n`],
];

for (const [what, text] of UNKEPT) {
  test(`${what} is not kept`, (context) => {
    const { folder, cache } = place(context, text);
    const first = readRules([folder], cache);
    assert.deepEqual(readRules([folder], cache), first);
    assert.ok(!existsSync(cache) || !readFileSync(cache, 'utf8').includes('"line"'));
  });
}

test('a folder that cannot be written costs only time', (context) => {
  const { folder } = place(context);
  const { documents } = readRules([folder], join(folder, 'nowhere', 'rules.cache'));
  assert.equal(documents.length, 1);
});
