/** Every rule of ours is whole: it says what people need, and its samples show that it fires and that it keeps quiet. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { RuleDocument } from '#contract';
import { compile } from '#detect';
import { OWN_RULES, readRules } from '../../src/app/rule-catalogue.ts';
import { readSamples, type Sample } from '../../src/app/rule-samples/read-samples.ts';
import { benchOf } from '../../src/app/rule-samples/try-samples.ts';

const NOW = Date.UTC(2026, 10, 20);
const DOCUMENTS = readRules([OWN_RULES]).documents;
const FILES = Map.groupBy(DOCUMENTS, ({ file }) => file);

type Content = Readonly<Record<string, unknown>>;
const mapping = (value: unknown): Content => (typeof value === 'object' && value !== null ? { ...value } : {});
const contentOf = ({ content }: RuleDocument): Content => mapping(content);
const ownOf = (document: RuleDocument): Content => mapping(contentOf(document)['porchlight']);
const shortOf = (file: string): string => file.slice(OWN_RULES.length + 1);

function samplesOf(file: string): readonly Sample[] {
  const { samples, faults } = readSamples(readFileSync(file.replace(/\.yml$/, '.samples'), 'utf8'));
  assert.deepEqual(faults, [], file);
  return samples;
}

/** Has no sentence because it never alerts. */
const isBlock = (document: RuleDocument): boolean => ownOf(document)['sentence'] === undefined;
const ALERTING = DOCUMENTS.filter((document) => !isBlock(document));

test('all are loaded, and none can never fire', () => {
  const { rules, problems, remarks } = compile(DOCUMENTS);
  assert.deepEqual([problems, remarks], [[], []]);
  assert.equal(rules.length, DOCUMENTS.length);
});

test('there are rules enough, and few of them wake anybody', () => {
  assert.ok(ALERTING.length >= 120, `${ALERTING.length}`);
  const levels = Map.groupBy(ALERTING, (document) => String(contentOf(document)['level']));
  const share = (level: string): number => (levels.get(level)?.length ?? 0) / ALERTING.length;
  assert.ok(share('critical') < 0.08, `critical: ${share('critical')}`);
  assert.ok(share('high') + share('critical') < 0.3, `high: ${share('high')}`);
  assert.equal(levels.get('informational'), undefined);
});

test('ids, names and titles are there once', () => {
  for (const key of ['id', 'name', 'title']) {
    const values = DOCUMENTS.flatMap((document) => contentOf(document)[key] ?? []);
    assert.deepEqual(
      values.filter((value, index) => values.indexOf(value) !== index),
      [],
      key,
    );
  }
});

test('each says who wrote it, when, what it is, and when it is wrong', () => {
  for (const document of DOCUMENTS) {
    const { id, author, date, description, falsepositives, tags, title, status, level } = contentOf(document);
    const where = `${shortOf(document.file)}: ${String(title)}`;
    assert.match(String(id), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/, where);
    assert.equal(author, 'Porchlight', where);
    assert.match(String(date), /^\d{4}-\d\d-\d\d$/, where);
    assert.match(String(status), /^(stable|test)$/, where);
    assert.match(String(description), /^\S.{20,}\.$/s, where);
    assert.ok(Array.isArray(falsepositives) && falsepositives.length > 0, where);
    assert.ok(Array.isArray(tags), where);
    assert.ok(
      tags.some((tag) => /^attack\.t\d{4}(\.\d{3})?$/.test(String(tag))),
      where,
    );
    assert.ok(
      tags.some((tag) => /^attack\.[a-z-]+$/.test(String(tag))),
      where,
    );
    assert.match(String(title), /^[A-Z].{3,70}[^.]$/, where);
    assert.equal(isBlock(document), level === 'informational', where);
  }
});

test('each that alerts has a sentence with fields in it, a kind, and what to do next', () => {
  for (const document of ALERTING) {
    const { sentence, kind, steps } = ownOf(document);
    const where = shortOf(document.file);
    for (const one of Array.isArray(sentence) ? sentence : [sentence]) assert.match(String(one), /\{[\w.]+\}/, where);
    assert.equal(typeof kind, 'string', where);
    assert.ok(Array.isArray(steps) && steps.length > 0, where);
  }
});

test('each that never alerts says so, or is left silent by those that count it', () => {
  const referred = new Set(
    DOCUMENTS.flatMap((document) => mapping(contentOf(document)['correlation'])['rules'] ?? []).map(String),
  );
  for (const document of DOCUMENTS.filter(isBlock))
    assert.ok(referred.has(String(contentOf(document)['name'])), `${shortOf(document.file)} is used by nothing`);
});

for (const [file, documents] of FILES) {
  test(`${shortOf(file)}: its samples`, () => {
    const samples = samplesOf(file);
    for (const expects of ['fires', 'quiet'])
      assert.ok(
        samples.some((sample) => sample.expects === expects),
        `no sample that is ${expects}`,
      );
    const bench = benchOf(documents, DOCUMENTS, NOW);
    assert.deepEqual(bench.problems, []);
    for (const sample of samples) assert.equal(bench.run(sample).fault, undefined, `line ${sample.number}`);
    const told = samples.filter(({ expects, words }) => expects === 'fires' && words !== '');
    if (documents.every(isBlock)) return;
    assert.ok(told.length > 0, 'no sample says what the alert says');
  });
}

test('where a file holds several rules, each of them fires in a sample', () => {
  for (const [file, documents] of FILES) {
    if (documents.length === 1) continue;
    const fires = samplesOf(file).filter(({ expects }) => expects === 'fires');
    for (const document of documents) {
      const bench = benchOf([document], DOCUMENTS, NOW);
      const fired = fires.some((sample) => bench.run({ ...sample, words: '' }).fault === undefined);
      assert.ok(fired, `${shortOf(file)}: ${String(contentOf(document)['title'])}`);
    }
  }
});

test('samples name nobody: addresses are those of documentation, or of a home', () => {
  const documented = /^(192\.0\.2|198\.51\.100|203\.0\.113|192\.168\.\d+|127\.0\.0|0\.0\.0|224\.0\.0)\./;
  for (const file of FILES.keys()) {
    // Versions may have four numbers as well.
    const text = readFileSync(file.replace(/\.yml$/, '.samples'), 'utf8').replace(/ersion":"[\d.]+"/g, '');
    for (const [address] of text.matchAll(/(?<![\d.])\d{1,3}(\.\d{1,3}){3}(?![\d.])/g))
      assert.match(address, documented, shortOf(file));
  }
});
