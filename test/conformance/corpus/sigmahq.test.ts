/** The published SigmaHQ rules: all load, or are refused for what nobody here can know, and each says if it cannot fire. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRules } from '#app/rule-catalogue';
import { compile } from '#detect';
import { corpus, needsCorpus } from './corpus.ts';

const FOLDERS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'];

test('SigmaHQ rules load', needsCorpus, () => {
  const { documents, problems: unread } = readRules(FOLDERS.map((folder) => join(corpus ?? '', 'sigma', folder)));
  assert.deepEqual(unread, []);
  assert.equal(documents.length, 3754);
  const { rules, problems } = compile(documents);
  assert.equal(rules.length, 3752);
  for (const { reason, file } of problems)
    assert.equal(reason, 'nothing is known for the placeholder %known_cdcs%', file);
});
