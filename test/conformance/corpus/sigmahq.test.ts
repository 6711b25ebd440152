/** The published SigmaHQ rules: all load but those that use a modifier this engine names as unknown, and none is loaded wrong. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { RuleDocument } from '#contract';
import { compile } from '#detect';

const CORPUS = process.env['PORCHLIGHT_CORPUS'];
const FOLDERS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'];

function documents(corpus: string): readonly RuleDocument[] {
  return FOLDERS.flatMap((folder) => {
    const root = join(corpus, 'sigma', folder);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yml'));
    return files.flatMap((file) =>
      parseAllDocuments(readFileSync(join(root, file), 'utf8')).map((document): RuleDocument => {
        const content: unknown = document.toJS();
        return { file, line: 1, content };
      }),
    );
  });
}

test('SigmaHQ rules load', { skip: CORPUS === undefined && 'skipped: no corpus' }, () => {
  const all = documents(CORPUS ?? '');
  const { rules, problems } = compile(all);
  assert.ok(all.length > 3000, `only ${all.length} rules in the corpus`);
  assert.equal(rules.length + problems.length, all.length);
  for (const { reason, file } of problems) {
    assert.match(reason, /^unknown modifier (windash|base64offset|fieldref|wide|expand)$/, file);
  }
  assert.ok(problems.length < 150, `${problems.length} refused`);
});
