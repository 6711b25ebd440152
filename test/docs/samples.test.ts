/** What the documents show is true: configuration samples load, links lead somewhere, commands exist. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commandNames } from '../../src/app/commands/index.ts';
import { parseConfig } from '../../src/app/config.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name)),
].filter((name) => name.endsWith('.md'));

for (const name of DOCUMENTS) {
  const path = join(ROOT, name);
  const text = readFileSync(path, 'utf8');

  test(`${name}: links lead somewhere`, () => {
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      assert.ok(existsSync(join(dirname(path), target)), `${relative(ROOT, path)} links to ${target}`);
    }
  });

  test(`${name}: commands exist`, () => {
    const known = new Set(commandNames);
    for (const [block] of text.matchAll(/```sh\n[\s\S]*?```/g)) {
      for (const [, command = ''] of block.matchAll(/^(?:\.\/)?porchlight ([a-z]+)/gm)) {
        assert.ok(known.has(command), `${name} shows porchlight ${command}`);
      }
    }
  });
}

test('the configuration sample loads', () => {
  const text = readFileSync(join(ROOT, 'docs/config.md'), 'utf8');
  const sample = /```yaml\n([\s\S]*?)```/.exec(text)?.[1];
  assert.ok(sample);
  const config = parseConfig({ path: 'docs/config.md', text: sample }, { NTFY_TOKEN: 'tk' });
  assert.equal(config.http.port, 8080);
  assert.equal(config.notify.ntfy?.token, 'tk');
});

test('the sample of chosen rules loads', () => {
  const text = readFileSync(join(ROOT, 'docs/rule-sets.md'), 'utf8');
  const sample = /```yaml\n([\s\S]*?)```/.exec(text)?.[1];
  assert.ok(sample);
  const { rules } = parseConfig({ path: 'docs/rule-sets.md', text: sample }, {});
  assert.deepEqual([rules.disable.length, rules.placeholders['admins']], [4, ['root', 'anna']]);
});
