/**
 * The samples that SigmaHQ keeps for its rules, each as Windows' own log and as the JSON that evtx_dump made of it. Both fire the rule the sample
 * was recorded for, with all published rules loaded, and both fire the same rules as often.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import type { Event, EventId } from '#contract';
import { readRules } from '#app/rule-catalogue';
import { compile, type Detector } from '#detect';
import { normalize } from '#normalize';
import { evtxText, isEvtxDamage, readEvtx } from '#sources';
import { corpus, needsCorpus } from './corpus.ts';

const FOLDERS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'];
const SOURCE = { id: 'winlog', agent: 'local', host: 'collector', type: 'winlog' };
const RECEIVED = Date.UTC(2026, 8, 1);

interface Sample {
  readonly name: string;
  /** Path of the record's JSON; the log lies beside it. */
  readonly json: string;
  readonly expected: readonly { readonly id: string; readonly count: number }[];
}

interface Info {
  readonly rule_metadata: readonly { readonly id: string }[];
  readonly regression_tests_info: readonly { readonly match_count?: number }[];
}

function samples(): readonly Sample[] {
  const folder = join(corpus ?? '', 'sigma', 'regression');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => {
      const json = join(folder, file);
      const info = parse(readFileSync(join(json, '..', 'info.yml'), 'utf8')) as Info;
      const count = info.regression_tests_info[0]?.match_count ?? 1;
      return {
        name: file.split('/').at(-2) ?? file,
        json,
        expected: info.rule_metadata.map(({ id }) => ({ id, count })),
      };
    });
}

/** evtx_dump prints one record after the other, over many lines each: as lines, one a record. */
const textsOfJson = (path: string): readonly string[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split(/\n(?=\{)/)
    .map((record) => JSON.stringify(JSON.parse(record)));

const textsOfLog = (path: string): readonly string[] =>
  Array.from(readEvtx(readFileSync(path)), (item) => {
    assert.ok(!isEvtxDamage(item), path);
    return evtxText(item);
  });

function understood(text: string): Event {
  const context = { timezone: 'UTC', historic: true, count: (reason: string) => assert.fail(reason) };
  const event = normalize({ source: SOURCE, received: RECEIVED, text }, context);
  assert.ok(event);
  return event;
}

interface Hit {
  readonly title: string;
  readonly count: number;
}

/** How often each rule fires for the records of a sample, by the rule's id. */
function hits(detector: Detector, texts: readonly string[]): ReadonlyMap<string, Hit> {
  const found = new Map<string, Hit>();
  for (const [ordinal, text] of texts.entries()) {
    const id: EventId = `1-${ordinal}`;
    for (const { rule } of detector.detect({ id, event: understood(text) }).matches)
      found.set(rule.id, { title: rule.title, count: (found.get(rule.id)?.count ?? 0) + 1 });
  }
  return found;
}

function assertFires({ name, expected }: Sample, found: ReadonlyMap<string, Hit>, context: TestContext): void {
  // A sample may hold more such records than its rule's author counted.
  for (const { id, count } of expected) {
    const times = found.get(id)?.count ?? 0;
    assert.ok(times >= count, `${name}: ${id}, ${times} of ${count}`);
  }
  const others = [...found].filter(([id]) => !expected.some((rule) => rule.id === id));
  const shown = others.map(([, { title, count }]) => `${title} ×${count}`).join('; ');
  context.diagnostic(`${name}: ${shown === '' ? 'no other hit' : shown}`);
}

test('every regression sample fires its rule, from the log as from the JSON', needsCorpus, (context) => {
  const { documents } = readRules(FOLDERS.map((folder) => join(corpus ?? '', 'sigma', folder)));
  const all = samples();
  assert.equal(all.length, 54);
  // Correlations remember: each way has a detector of its own.
  const [json, log] = [compile(documents).detector, compile(documents).detector];
  for (const sample of all) {
    const fromJson = hits(json, textsOfJson(sample.json));
    const fromLog = hits(log, textsOfLog(sample.json.replace(/json$/, 'evtx')));
    assert.deepEqual(fromLog, fromJson, sample.name);
    assertFires(sample, fromJson, context);
  }
});
