/** The samples that SigmaHQ keeps for its rules: each fires the rule it was recorded for, with all published rules loaded. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { EventId } from '#contract';
import { readRules } from '#app/rule-catalogue';
import { compile, type Detector } from '#detect';
import { corpus, needsCorpus, read } from './corpus.ts';
import { recordsOf, windowsEvent } from './windows-record.ts';

const FOLDERS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'];

interface Sample {
  readonly name: string;
  readonly json: string;
  readonly expected: readonly { readonly id: string; readonly count: number }[];
}

interface Info {
  readonly rule_metadata: readonly { readonly id: string }[];
  readonly regression_tests_info: readonly { readonly match_count?: number }[];
}

function samples(): readonly Sample[] {
  const files = readdirSync(join(corpus ?? '', 'sigma', 'regression'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((json) => {
      const info = parse(read('sigma', 'regression', json, '..', 'info.yml')) as Info;
      const count = info.regression_tests_info[0]?.match_count ?? 1;
      return {
        name: json.split('/').at(-2) ?? json,
        json,
        expected: info.rule_metadata.map(({ id }) => ({ id, count })),
      };
    });
}

/** How often each rule fired for the records of a sample, by id. */
function hits(detector: Detector, sample: Sample): ReadonlyMap<string, { readonly title: string; count: number }> {
  const found = new Map<string, { readonly title: string; count: number }>();
  for (const [ordinal, record] of recordsOf(read('sigma', 'regression', sample.json)).entries()) {
    const id: EventId = `1-${ordinal}`;
    for (const { rule } of detector.detect({ id, event: windowsEvent(record) }).matches) {
      const hit = found.get(rule.id) ?? { title: rule.title, count: 0 };
      hit.count++;
      found.set(rule.id, hit);
    }
  }
  return found;
}

test('every regression sample fires its rule', needsCorpus, (context) => {
  const { documents } = readRules(FOLDERS.map((folder) => join(corpus ?? '', 'sigma', folder)));
  const { detector } = compile(documents);
  const all = samples();
  assert.equal(all.length, 54);
  for (const sample of all) {
    const found = hits(detector, sample);
    // A sample may hold more such records than its rule's author counted.
    for (const { id, count } of sample.expected)
      assert.ok(
        (found.get(id)?.count ?? 0) >= count,
        `${sample.name}: ${id}, ${found.get(id)?.count ?? 0} of ${count}`,
      );
    const others = [...found].filter(([id]) => !sample.expected.some((expected) => expected.id === id));
    context.diagnostic(
      `${sample.name}: ${others.map(([, { title, count }]) => `${title} ×${count}`).join('; ') || 'no other hit'}`,
    );
  }
});
