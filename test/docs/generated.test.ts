/** References that are generated from code say what the code says. `PORCHLIGHT_DOCS=1 npm test` writes them anew. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commandReference } from './command-reference.ts';
import { configReference } from './config-reference.ts';
import { errorReference } from './error-reference.ts';
import { parserReference } from './parser-reference.ts';
import { ruleReference } from './rule-reference.ts';
import { windowsReference } from './windows-reference.ts';

const references: readonly [string, () => string | Promise<string>][] = [
  ['docs/commands.md', commandReference],
  ['docs/config.md', configReference],
  ['docs/errors.md', errorReference],
  ['docs/parsers.md', parserReference],
  ['docs/rule-pack.md', ruleReference],
  ['docs/windows-events.md', windowsReference],
];

for (const [name, generate] of references) {
  test(`${name} is what the code says`, async () => {
    const path = fileURLToPath(new URL(`../../${name}`, import.meta.url));
    if (process.env['PORCHLIGHT_DOCS'] === '1') writeFileSync(path, await generate());
    assert.equal(readFileSync(path, 'utf8'), await generate(), 'run PORCHLIGHT_DOCS=1 npm test');
  });
}
