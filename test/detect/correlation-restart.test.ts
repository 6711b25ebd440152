/**
 * A detector that takes the place of another one, after a crash or after a reload of the rules, goes on like it: random
 * correlations of every type, random streams, a random moment.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventId } from '#contract';
import { compile, type Detector, type Match } from '#detect';
import type { Arrival } from './naive-correlation.ts';
import { type Document, documents, eventOf, ruleDocument, stream } from './random-correlations.ts';

const SEED = Number(process.env['ORACLE_SEED'] ?? 1);
const RUNS = Number(process.env['RESTART_RUNS'] ?? 250);
const CORRELATIONS = 10;

/** All windows equally long, so that none is safe because another one reaches further back. */
const equallyLong = fc
  .tuple(fc.constantFrom('20s', '5m', '15m'), fc.boolean())
  .chain(([timespan, chained]) => documents(CORRELATIONS, [timespan], chained));

const seen = ({ rule, event, evidence, count, values }: Match): unknown => ({
  rule: rule.id,
  at: event.id,
  evidence: evidence.map(({ id }) => id),
  count,
  values,
});

interface Result {
  readonly hit: boolean;
  readonly matches: readonly unknown[];
}

function give(detector: Detector, arrival: Arrival): Result {
  const { hit, matches } = detector.detect({ id: arrival.id as EventId, event: eventOf(arrival) });
  return { hit, matches: matches.map(seen) };
}

/** Batches of one to five events, as a server commits them. */
function batches(arrivals: readonly Arrival[], sizes: readonly number[]): readonly (readonly Arrival[])[] {
  const all: (readonly Arrival[])[] = [];
  for (let at = 0; at < arrivals.length; at += all.at(-1)?.length ?? 1)
    all.push(arrivals.slice(at, at + (sizes[all.length % sizes.length] ?? 1)));
  return all;
}

const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 5, maxLength: 5 });
const half = fc.double({ min: 0.4, max: 0.9, noNaN: true });

test('after a crash, the stored batches that took part make the windows whole again', (context) => {
  let compared = 0;
  let spared = 0;
  const streams = fc.oneof(stream(100), stream(140, 'busy'), stream(140, 'busy'));
  fc.assert(
    fc.property(equallyLong, streams, sizes, half, (all, arrivals, lengths, place) => {
      const rules = all.map(ruleDocument);
      const [old, fresh] = [compile(rules), compile(rules)];
      const committed = batches(arrivals.slice(0, Math.floor(arrivals.length * place)), lengths);
      const tookPart = committed.filter((batch) => batch.filter((one) => give(old.detector, one).hit).length > 0);
      const now = committed.at(-1)?.at(-1)?.received ?? 0;
      const recent = tookPart.filter((batch) => (batch.at(-1)?.received ?? 0) >= now - 2 * fresh.horizonSeconds * 1000);
      if (recent.length < tookPart.length) spared++;
      for (const arrival of recent.flat()) give(fresh.detector, arrival);
      for (const arrival of arrivals.slice(committed.flat().length)) {
        const expected = give(old.detector, arrival);
        assert.deepEqual(give(fresh.detector, arrival), expected);
        compared += expected.matches.length;
      }
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
  context.diagnostic(`${compared} matches after a restart, ${spared} of ${RUNS} restarts read a part of the batches`);
  assert.ok(compared > 10 * RUNS, `only ${compared} matches were compared`);
  assert.ok(spared > RUNS / 4, `only ${spared} restarts could spare anything`);
});

test('what was late for something long gone is late again', () => {
  const rules = [
    {
      title: 'r',
      name: 'r0',
      logsource: { product: 'test' },
      detection: { s: { 'event.action': 'r0' }, condition: 's' },
    },
    { title: 'c', correlation: { type: 'event_count', rules: ['r0'], timespan: '15m', condition: { gte: 2 } } },
  ].map(ruleDocument);
  const at = (id: string, received: number, stamp: number): Arrival => {
    return { id, received: received * 1000, stamp: stamp * 1000, fields: { 'event.action': 'r0' } };
  };
  // The second is late because of the first. Had it been taken, the third would have been reported with it.
  const before = [at('1-0', 0, 0), at('1-1', 800, -900), at('1-2', 1500, -100)];
  const [old, fresh] = [compile(rules), compile(rules)];
  for (const arrival of before) give(old.detector, arrival);
  const began = (2300 - 2 * fresh.horizonSeconds) * 1000;
  for (const arrival of before) if (arrival.received >= began) give(fresh.detector, arrival);
  const expected = give(old.detector, at('1-3', 2300, 0));
  assert.match(JSON.stringify(expected), /"evidence":\["1-2","1-3"\]/);
  assert.deepEqual(give(fresh.detector, at('1-3', 2300, 0)), expected);
});

/** What somebody may change without a loss. */
const renamed = (content: Document): Document => ({ ...content, title: 'New', level: 'low', tags: ['attack.impact'] });

test('after a reload, the windows go on, and only those of changed rules begin anew', (context) => {
  let compared = 0;
  fc.assert(
    fc.property(documents(CORRELATIONS), stream(60), half, fc.nat(), (all, arrivals, place, choice) => {
      const changed = `c${choice % CORRELATIONS}`;
      const [one, other] = [compile(all.map(ruleDocument)), compile(all.map(ruleDocument))];
      const next = compile(
        all.map((content) => {
          const section = content['correlation'];
          if (content['name'] !== changed || typeof section !== 'object') return ruleDocument(renamed(content));
          return ruleDocument({ ...content, correlation: { ...section, timespan: '7m' } });
        }),
      );
      const cut = Math.floor(arrivals.length * place);
      for (const arrival of arrivals.slice(0, cut))
        assert.deepEqual(give(one.detector, arrival), give(other.detector, arrival));
      // Of correlations with the same content, one that is gone and one that is new are not told apart.
      const { kept, fresh } = next.detector.resume(structuredClone(other.detector.handover()));
      assert.equal(kept + fresh, one.rules.length - 3);
      const touched = leaning(all, changed);
      const untouched = ({ matches }: Result): readonly unknown[] =>
        matches.filter((match) => !touched.has(JSON.stringify(match).replace(/^.*?"rule":"id-of-([^"]*)".*$/, '$1')));
      for (const arrival of arrivals.slice(cut)) {
        const expected = untouched(give(one.detector, arrival));
        assert.deepEqual(untouched(give(next.detector, arrival)), expected);
        compared += expected.length;
      }
      if (fresh === 0) assert.deepEqual(next.detector.dropped(), one.detector.dropped());
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
  context.diagnostic(`${compared} matches after a reload`);
  assert.ok(compared > 10 * RUNS, `only ${compared} matches were compared`);
});

/** A rule and all that refer to it, directly or through others. */
function leaning(all: readonly Document[], name: string): ReadonlySet<string> {
  const found = new Set([name]);
  for (const content of all) {
    const text = JSON.stringify(content['correlation'] ?? {});
    if ([...found].some((one) => new RegExp(`\\b(id-of-)?${one}\\b`).test(text))) found.add(String(content['name']));
  }
  return found;
}
