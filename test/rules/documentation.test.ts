/** What `docs/rules.md` says of our own keys and of samples is what the program does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { compile } from '#detect';
import { readSamples } from '../../src/app/rule-samples/read-samples.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/rules.md'), 'utf8');

test('the sample of our own keys compiles', () => {
  const sample: unknown = parse(/```yaml\n([^`]+)```/.exec(PAGE)?.[1] ?? '');
  assert.ok(typeof sample === 'object' && sample !== null && 'porchlight' in sample);
  const detection = { opened: { 'event.action': 'opened' }, condition: 'opened' };
  const content = { title: 'Sample', logsource: { product: 'linux' }, detection, ...sample };
  const { rules, problems } = compile([{ file: 'docs/rules.md', line: 1, content }]);
  assert.deepEqual(problems, []);
  assert.equal(rules.length, 1);
});

test('the sample of samples is read', () => {
  const { samples, faults } = readSamples(/```text\n(== [^`]+)```/.exec(PAGE)?.[1] ?? '');
  assert.deepEqual(faults, []);
  assert.deepEqual(
    samples.map(({ expects, lines }) => [expects, lines.length]),
    [
      ['fires', 1],
      ['quiet', 1],
    ],
  );
});
