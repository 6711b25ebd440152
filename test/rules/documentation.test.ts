/** What `docs/rules.md` says of our rules and of our own keys is what the engine does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { compile } from '#detect';
import { ownRules } from './pipeline.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/rules.md'), 'utf8');

const isBuildingBlock = (title: string): boolean =>
  ['Failed SSH login', 'SSH login with a password', 'Wrong sudo password'].includes(title);

test('the table names every rule that alerts, with its level', () => {
  const listed = [...PAGE.matchAll(/^\| ([^|]+) \| (informational|low|medium|high|critical) \|/gm)];
  const rules = compile(ownRules()).rules.filter(({ title }) => !isBuildingBlock(title));
  assert.deepEqual(
    listed.map(([, title, level]) => `${title}: ${level}`).toSorted(),
    rules.map(({ title, level }) => `${title}: ${level}`).toSorted(),
  );
});

test('the sample of our own keys compiles', () => {
  const sample: unknown = parse(/```yaml\n([^`]+)```/.exec(PAGE)?.[1] ?? '');
  assert.ok(typeof sample === 'object' && sample !== null && 'porchlight' in sample);
  const detection = { opened: { 'event.action': 'opened' }, condition: 'opened' };
  const content = { title: 'Sample', logsource: { product: 'linux' }, detection, ...sample };
  const { rules, problems } = compile([{ file: 'docs/rules.md', line: 1, content }]);
  assert.deepEqual(problems, []);
  assert.equal(rules.length, 1);
});
