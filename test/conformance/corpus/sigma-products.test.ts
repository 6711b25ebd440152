/**
 * `porchlight hunt`, a server, and the published rules for all that is not Windows: records made from every rule, as its log source writes them, and each with
 * one of its fields changed, say what the naive interpreter says of the same fields.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleDocument } from '#contract';
import { inspector } from '#app/hunt/inspect';
import { understanding } from '#app/pipeline/understand';
import { readRules } from '#app/rule-catalogue';
import { compile } from '#detect';
import { naive } from '../../detect/naive.ts';
import { corpus, needsCorpus } from './corpus.ts';
import { keyOf, type Natural, naturals } from './products.ts';
import { type Draft, draftFor, type Rule } from './synthesis.ts';
import type { Tree } from './windows-source.ts';

const FOLDERS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].map(
  (name) => `${corpus ?? ''}/sigma/${name}`,
);
/** Of several values of an item, so many are tried. */
const VALUES = 4;
const OTHER = 'zz9';

type Hits = (text: string) => ReadonlySet<string>;

/** As a server takes them: a record posted as JSON, or a line. */
function serverHitting(documents: readonly RuleDocument[]): Hits {
  const { detector } = compile(documents, undefined, {});
  const understand = understanding({ timezone: 'UTC', ownAddresses: [], historic: true }, () => undefined);
  const source = { id: 'http', agent: 'local', host: 'here' };
  const received = Date.UTC(2026, 8, 1);
  return (text) => {
    const fields = text.startsWith('{') ? (JSON.parse(text) as Tree) : undefined;
    const event = understand(
      fields === undefined ? { source, received, text } : { source, received, text: '', fields },
    );
    const matches = event === undefined ? [] : detector.detect({ id: '0-1', event }).matches;
    return new Set(matches.map(({ rule }) => rule.id));
  };
}

/** A server does not guess: made-up names of malware, and a blank in a name of the DNS, are no proof of whose record it is. */
const isGuess = ({ logsource }: Rule, { fields }: Natural): boolean =>
  logsource.category === 'antivirus' || /\s/.test(String(fields['query'] ?? ''));

function huntHitting(documents: readonly RuleDocument[]): Hits {
  const { inspect } = inspector({
    rules: documents,
    correlated: [],
    placeholders: {},
    mapping: true,
    host: 'here',
    timezone: 'UTC',
    now: Date.UTC(2026, 8, 1),
  });
  return (text) => {
    const bytes = new TextEncoder().encode(`${text}\n`);
    const format = text.startsWith('{') ? 'jsonl' : 'lines';
    const { found, damage } = inspect({ format, bytes }, { file: 0, name: 'x', modified: undefined });
    assert.deepEqual(damage, []);
    return new Set(found.flatMap(({ rules }) => rules));
  };
}

/** The draft, and near misses: one field of it has another value. */
function drafts(rule: Rule): readonly Draft[] {
  const meant = Array.from({ length: VALUES }, (_, nth) => draftFor(rule, nth));
  return meant.flatMap((draft) => [draft, ...Object.keys(draft).map((name) => ({ ...draft, [name]: OTHER }))]);
}

/** The naive interpreter knows ranges of IPv4 only. */
const isReadable = ({ fields }: Natural): boolean => !/^[\da-f:]*::/i.test(String(fields['id.orig_h'] ?? ''));

const WAYS = [
  { way: 'a hunt', hitting: huntHitting, skips: (): boolean => false },
  { way: 'a server', hitting: serverHitting, skips: isGuess },
];

for (const { way, hitting, skips } of WAYS)
  test(`records made from the rules for what is not Windows, ${way}`, needsCorpus, (context) => {
    const { documents } = readRules(FOLDERS);
    const hits = hitting(documents);
    const rules = documents
      .map(({ content }) => content as Rule)
      .filter(({ logsource }) => logsource.product !== 'windows');
    const wrong: string[] = [];
    const tried = new Set<string>();
    const sources = new Set<string>();
    let records = 0;
    let matched = 0;
    for (const rule of rules) {
      for (const natural of drafts(rule)
        .flatMap((draft) => naturals(rule, draft))
        .filter((one) => isReadable(one) && !skips(rule, one))) {
        const expected = naive(rule.detection, natural.fields);
        records++;
        if (expected) {
          matched++;
          tried.add(rule.id);
          sources.add(keyOf(rule.logsource));
        }
        if (hits(natural.text).has(rule.id) !== expected)
          wrong.push(`${rule.title}, ${natural.shape}, ${String(expected)}: ${natural.text}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(tried.size > 700, `${tried.size} rules were seen to match`);
    context.diagnostic(
      `${tried.size} of ${rules.length} rules of ${sources.size} log sources matched in ${matched} of ${records} records`,
    );
  });
