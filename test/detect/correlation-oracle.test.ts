/** Correlations say what the naive reading says, on random correlations and random streams. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventId } from '#contract';
import { compile, type Match } from '#detect';
import { type NaiveMatch, naiveCorrelations } from './naive-correlation.ts';
import { type Document, documents, eventOf, ruleDocument, stream } from './random-correlations.ts';

/** Pairs of a correlation and a stream. */
const PAIRS = Number(process.env['CORRELATION_PAIRS'] ?? 20_000);
const CORRELATIONS = 12;
const EVENTS = 40;

const seen = ({ rule, event, evidence, count, values }: Match): NaiveMatch => ({
  rule: rule.title,
  at: event.id,
  evidence: evidence.map(({ id }) => id),
  count,
  values,
});

/** A rule after the other, its matches in their order. */
const byRule = (matches: readonly NaiveMatch[]): readonly NaiveMatch[] =>
  matches.toSorted((left, right) => left.rule.localeCompare(right.rule));

const typeOf = (all: readonly Document[], name: string): string => {
  const section: unknown = all.find((document) => document['name'] === name)?.['correlation'];
  return typeof section === 'object' && section !== null && 'type' in section ? String(section.type) : 'detection';
};

test('correlations find what the specification says', (context) => {
  const found = new Map<string, number>();
  let pairs = 0;
  let refused = 0;
  fc.assert(
    fc.property(documents(CORRELATIONS), stream(EVENTS), (all, arrivals) => {
      const { detector, rules } = compile(all.map(ruleDocument));
      const loaded = new Set(rules.map(({ id }) => id));
      const usable = all.filter(({ id }) => loaded.has(String(id)));
      refused += all.length - usable.length;
      pairs += usable.length - 3;
      const straight = naiveCorrelations(usable);
      for (const arrival of arrivals) {
        const { matches } = detector.detect({ id: arrival.id as EventId, event: eventOf(arrival) });
        const expected = straight(arrival);
        assert.deepEqual(byRule(matches.map(seen)), byRule(expected), arrival.id);
        for (const { rule } of expected) found.set(typeOf(all, rule), (found.get(typeOf(all, rule)) ?? 0) + 1);
      }
    }),
    {
      seed: Number(process.env['ORACLE_SEED'] ?? 1),
      numRuns: Math.ceil(PAIRS / 0.85 / CORRELATIONS),
      endOnFailure: true,
    },
  );
  const counts = [...found].map(([type, count]) => `${type} ${count}`).join(', ');
  context.diagnostic(`${pairs} pairs, ${refused} correlations refused, matches: ${counts}`);
  assert.ok(pairs >= PAIRS, `only ${pairs} pairs`);
  assert.equal(found.size, 9, 'some type never matched');
  for (const [type, count] of found) assert.ok(count > PAIRS / 20, `${type} matched only ${count} times`);
});
