/** The engine says what the naive reading of the specification says, on random rules and random events. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, newFields, type RuleDocument } from '#contract';
import { compile } from '#detect';
import { naive, type NaiveEvent } from './naive.ts';
import { detection, event } from './random-rules.ts';

/** Pairs of a rule and an event. */
const PAIRS = Number(process.env['ORACLE_PAIRS'] ?? 120_000);
const RULES = 40;
const EVENTS = 50;

const ruleDocument = (section: Readonly<Record<string, unknown>>, at: number): RuleDocument => ({
  file: `${at}.yml`,
  line: 1,
  content: { title: `Rule ${at}`, id: String(at), logsource: { product: 'test' }, detection: section },
});

const engineEvent = (fields: NaiveEvent): Event =>
  Object.assign(newFields(), { '@timestamp': 0, 'event.ingested': 0, 'labels.product': 'test' }, fields);

test('rules match what the specification says', (context) => {
  let hits = 0;
  let pairs = 0;
  let refused = 0;
  const sections = fc.array(detection, { minLength: RULES, maxLength: RULES });
  const events = fc.array(event, { minLength: EVENTS, maxLength: EVENTS });
  fc.assert(
    fc.property(sections, events, (rules, found) => {
      const { detector, problems } = compile(rules.map(ruleDocument));
      const gone = new Set(problems.map(({ file }) => file));
      refused += gone.size;
      for (const [ordinal, fields] of found.entries()) {
        const { matches } = detector.detect({ id: `1-${ordinal}`, event: engineEvent(fields) });
        const matched = new Set(matches.map(({ rule }) => rule.id));
        for (const [at, section] of rules.entries()) {
          if (gone.has(`${at}.yml`)) continue;
          pairs++;
          const expected = naive(section, engineEvent(fields));
          if (expected) hits++;
          assert.equal(matched.has(String(at)), expected, JSON.stringify({ section, fields }));
        }
      }
    }),
    { seed: Number(process.env['ORACLE_SEED'] ?? 1), numRuns: Math.ceil(PAIRS / (RULES * EVENTS)), endOnFailure: true },
  );
  context.diagnostic(`${pairs} pairs, ${hits} hits, ${refused} rules refused`);
  assert.ok(hits > pairs / 20 && hits < (pairs * 19) / 20, 'rules and events hardly meet');
  assert.ok(refused < pairs / EVENTS / 20, 'too many rules are refused to say anything');
});
