/** The places at which `rules check` points, with the text that stands there. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile } from '#detect';
import { readRules } from '../rule-catalogue.ts';
import { lint } from './lint.ts';
import { locator } from './locate.ts';

const HEAD = `id: 11111111-1111-4111-8111-111111111111
status: test
level: high
tags: [attack.t1059]
logsource: {product: linux}
`;
const rule = (detection: string, head = HEAD): string =>
  `# A comment before.\ntitle: One\n${head}detection:\n${detection}`;

/** [text, what is said, what stands at the place] */
const CASES: readonly (readonly [string, RegExp, string])[] = [
  [rule('  sel: {Image|fuzzy: x}\n  condition: sel\n'), /^unknown modifier fuzzy/, 'fuzzy'],
  [rule('  sel:\n    "Image|fuzzy": x\n  condition: sel\n'), /^unknown modifier fuzzy/, 'fuzzy'],
  [
    rule("  sel:\n    - a: b\n    - Image|re:\n        - 'abc'\n        - '(?=xyz)'\n  condition: sel\n"),
    /\(\?=/,
    "'(?=xyz)'",
  ],
  [rule('  sel: {a: 1}\n  condition: sel and (\n'), /ends too early/, 'sel and ('],
  [rule('  sel: {a: 1}\n  other: {b: 2}\n  condition: sel\n'), /^condition does not use it/, 'other:'],
  [rule('  sel: {a|contains|all: foo}\n  condition: sel\n'), /^all has no meaning/, 'all: foo'],
  [rule('  sel: {a: [x, "y", y]}\n  condition: sel\n'), /^the value is there twice/, 'y]'],
  [rule('  sel: {a|contains: "*x*"}\n  condition: sel\n'), /^a \* at the end/, '"*x*"'],
  [rule('  sel: {a: 1}\n  condition: sel\n', HEAD.replace('high', 'urgent')), /^level is not/, 'urgent'],
  [rule('  sel: {a: 1}\n  condition: sel\n', HEAD.replace('test', 'testing')), /^status is not/, 'status: testing'],
  [
    rule('  sel: {a: 1}\n  condition: sel\n', HEAD.replace('attack.t', 'attack.T')),
    /^a tag is written/,
    'attack.T1059',
  ],
  [rule('  sel: {a: 1}\n  condition: sel\n', HEAD.replace(/id: \S+/, 'id: 7')), /^id is not a UUID/, 'id: 7'],
  [rule('  sel: {a: 1}\n  condition: sel\n', `${HEAD}descripton: x\n`), /^unknown key descripton/, 'descripton'],
  [rule('  sel: [\n'), /Flow/, ''],
];

for (const [text, reason, there] of CASES)
  test(`${reason.source} is said at: ${there}`, (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-locate-'));
    context.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'one.yml'), text);
    const { documents, problems } = readRules([folder]);
    const all = [...problems, ...compile(documents).problems, ...documents.flatMap(lint)];
    const found = all.find((one) => reason.test(one.reason));
    assert.ok(found, JSON.stringify(all.map((one) => one.reason)));
    const known = problems.find((problem) => problem === found)?.column;
    const { line, column } = known === undefined ? locator(text)(found) : { line: found.line, column: known };
    assert.ok((text.split('\n')[line - 1] ?? '').slice(column - 1).startsWith(there), `${line}:${column}`);
  });

test('a rule that is as it should be is given no advice', () => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-locate-'));
  try {
    const names = '  sel_1: {a: 1}\n  sel_2: {b|contains|all: [x, "y*z"]}\n  _part: {c: 1}\n  more: {d: 1}\n';
    writeFileSync(join(folder, 'one.yml'), rule(`${names}  condition: 1 of sel_* and not more\n`));
    assert.deepEqual(readRules([folder]).documents.flatMap(lint), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a place that is not there costs no more than the column', () => {
  const at = ['detection', 'gone', 3];
  assert.deepEqual(locator('title: x\n')({ line: 1, at, reason: 'nothing of this' }), { line: 1, column: 1 });
  assert.deepEqual(locator('title: x\n')({ line: 9, reason: 'no such line' }), { line: 9, column: 1 });
  assert.deepEqual(locator(': : [')({ line: 1, reason: 'no YAML' }), { line: 1, column: 1 });
});
