/**
 * Records posted to a server match the published rules that `porchlight hunt` says, whatever program sent them: through the whole pipeline, from
 * the body of the POST to the notes on the event that is committed.
 *
 * - The regression samples in every shape that is JSON, against a hunt through evtx_dump's: process creations of Sysmon and of Security (4688),
 *   PowerShell, registry, network and the rest.
 * - Records made from every rule for Windows as evtx_dump, Winlogbeat and NXLog send them, against a hunt through the same text.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { inspector } from '#app/hunt/inspect';
import { createPipeline } from '#app/pipeline';
import { readRules } from '#app/rule-catalogue';
import type { RuleDocument } from '#contract';
import { configSchema } from '#contract/schema';
import { decodeBatch } from '#store';
import { corpus, needsCorpus } from './corpus.ts';
import { SHAPES } from './shapes.ts';
import { loggedAs, recordFor, type Rule } from './synthesis.ts';
import type { Tree } from './windows-source.ts';

const FOLDERS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].map((folder) =>
  join(corpus ?? '', 'sigma', folder),
);
const RECEIVED = Date.UTC(2026, 8, 1);
const A_POST = 500;
/** An event names no more rules. */
const MOST_NOTED = 32;

/** Files that a search was exported to, with something around each record. Who reads files takes that off; nobody sends it. */
const EXPORTS: ReadonlySet<string> = new Set([
  'an export of Elasticsearch',
  'Splunk, XML in _raw',
  'Splunk, a flat _raw',
  'Splunk, extracted fields',
  'pyevtx-rs',
]);

type Hits = readonly string[];
/** What each text matches, in order. */
type Way = (texts: readonly string[]) => readonly Hits[];

function serving(rules: readonly RuleDocument[]): Way {
  const pipeline = createPipeline({
    rules,
    hostName: 'here',
    timezone: 'UTC',
    ownAddresses: [],
    backfill: 0,
    historic: true,
    notifyLevel: 'high',
    channels: [],
    score: configSchema.parse({}).monitor,
  });
  let batch = 0;
  return (texts) => {
    const hits: Hits[] = [];
    for (let from = 0; from < texts.length; from += A_POST) {
      const sent = texts.slice(from, from + A_POST);
      const body = new TextEncoder().encode(sent.join('\n'));
      const work = { kind: 'post', agent: 'local', idempotencyKey: undefined, received: RECEIVED, body } as const;
      const { commit, results, counts } = pipeline.process(++batch, RECEIVED, [work]);
      assert.deepEqual(results, [{ kind: 'post', accepted: sent.length, rejected: [] }]);
      assert.ok(!counts.some(({ name }) => name === 'detections_dropped'));
      for (const event of decodeBatch(commit.events.bytes)) {
        const noted = event['porchlight.rule.id'];
        hits.push(Array.isArray(noted) ? noted.map(String).toSorted() : []);
      }
    }
    return hits;
  };
}

function hunting(rules: readonly RuleDocument[]): Way {
  const { inspect } = inspector({
    rules,
    correlated: [],
    placeholders: {},
    mapping: true,
    host: 'here',
    timezone: 'UTC',
    now: RECEIVED,
  });
  return (texts) =>
    texts.map((text) => {
      const bytes = new TextEncoder().encode(`${text}\n`);
      const { found, damage } = inspect({ format: 'jsonl', bytes }, { file: 0, name: 'x', modified: undefined });
      assert.deepEqual(damage, []);
      return found.flatMap(({ rules: ids }) => ids).toSorted();
    });
}

let served: Way;
let hunted: Way;
let documents: readonly RuleDocument[] = [];

before(() => {
  if (corpus === undefined) return;
  ({ documents } = readRules(FOLDERS));
  served = serving(documents);
  hunted = hunting(documents);
});

function samples(): readonly Tree[] {
  const folder = join(corpus ?? '', 'sigma', 'regression');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .trim()
        .split(/\n(?=\{)/),
    )
    .map((record) => JSON.parse(record) as Tree);
}

/** Where the two ways differ; every text is one record. */
function differing(texts: readonly string[], one: readonly Hits[], other: readonly Hits[]): readonly unknown[] {
  assert.equal(one.length, texts.length);
  assert.equal(other.length, texts.length);
  assert.ok(other.every((hits) => hits.length < MOST_NOTED));
  return texts.flatMap((text, at) =>
    String(one[at]) === String(other[at]) ? [] : [{ text, one: one[at], other: other[at] }],
  );
}

test('the samples, in every shape', needsCorpus, (context) => {
  const records = samples();
  const expected = hunted(records.map((record) => JSON.stringify(record)));
  assert.ok(expected.flat().length >= 95);
  assert.ok(new Set(expected.flat()).size >= 54);
  let shapes = 0;
  for (const [name, shape] of [['evtx_dump', (record: Tree) => record] as const, ...Object.entries(SHAPES)]) {
    const made = records.map(shape);
    if (typeof made[0] === 'string' || EXPORTS.has(name)) continue;
    const texts = made.map((record) => JSON.stringify(record));
    assert.deepEqual(differing(texts, served(texts), expected), [], name);
    shapes++;
  }
  context.diagnostic(`${records.length} records in ${shapes} shapes`);
  assert.ok(shapes >= 15);
});

for (const name of ['evtx_dump', 'Winlogbeat 8', 'NXLog']) {
  test(`records made from the rules, as ${name} sends them`, needsCorpus, (context) => {
    const shape = SHAPES[name] ?? ((record: Tree): unknown => record);
    const texts = documents
      .map(({ content }) => content as Rule)
      .filter(({ logsource }) => logsource.product === 'windows')
      .flatMap((rule) => loggedAs(rule.logsource).map((logged, nth) => recordFor(rule, logged, nth)))
      .map((record) => JSON.stringify(shape(record)));
    const expected = hunted(texts);
    assert.deepEqual(differing(texts, served(texts), expected), []);
    const hit = expected.filter((hits) => hits.length > 0).length;
    context.diagnostic(`${texts.length} records, ${hit} match`);
    assert.ok(texts.length > 3500 && hit > 2500);
  });
}
