/** `docs/agent.md` shows settings that load, and the keys that there are. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { KEYS, readAgentSettings } from '../../src/app/agent/settings.ts';

const path = new URL('../../docs/agent.md', import.meta.url);
const TABLE = /(\| key \| default \| meaning \|\n\| --- \| --- \| --- \|\n)(?:\|.*\n|TABLE\n)*/;
const rows = KEYS.map(({ name, fallback, meaning }) => `| \`${name}\` | ${fallback ?? ''} | ${meaning} |\n`).join('');

test('docs/agent.md has every key', () => {
  const text = readFileSync(path, 'utf8');
  const wanted = text.replace(TABLE, (_, head: string) => head + rows);
  if (process.env['PORCHLIGHT_DOCS'] === '1') writeFileSync(path, wanted);
  assert.ok(TABLE.test(text));
  assert.equal(readFileSync(path, 'utf8'), wanted, 'run PORCHLIGHT_DOCS=1 npm test');
});

test('the sample loads', () => {
  const sample = /```yaml\n([\s\S]*?)```/.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  const { spool, log_candidates } = readAgentSettings({ path: 'docs/agent.md', text: sample }, {});
  assert.equal(spool.max_bytes, 512 * 1024 * 1024);
  assert.equal(log_candidates.length, 2);
});
