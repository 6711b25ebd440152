import assert from 'node:assert/strict';
import { test } from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';
import { compile } from '../compile.ts';
import { baseRule, correlationRule, located } from '../fixture.ts';
import type { Located } from '../match.ts';

const START = Date.UTC(2026, 0, 1);
const MIB = 1024 * 1024;
const section = (more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  return { type: 'event_count', 'group-by': ['g'], timespan: '1h', condition: { gte: 100_000 }, ...more };
};
const limits = (bytes: number) =>
  ({ groups: 1e6, entries: 1e6, entriesPerGroup: 1e6, bytes, evidence: 'all' }) as const;

/** An event as a parser leaves it, of about 600 characters, none of them shared. */
function knock(at: number, fields: Readonly<Record<string, string>>): Located {
  const text = `${at} `.repeat(40).slice(0, 150);
  const more = {
    message: `m${text}`,
    'event.original': `o${text}`,
    'process.command_line': `c${text}`,
    'user.name': `u${at}`,
  };
  return located(at, { 'event.action': 'a', g: 'x', ...more, ...fields }, START + at);
}

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;
v8.setFlagsFromString('--no-expose-gc');

function heap(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** [what, group of an event] */
const FLOODS: readonly (readonly [string, (at: number) => string])[] = [
  ['one group', () => 'x'],
  ['a group an event', (at) => `group ${at}`],
  ['groups of eight', (at) => `group ${at >> 3}`],
];

for (const [what, group] of FLOODS) {
  test(`a flood over ${what} keeps to its bytes, by the books and on the heap`, () => {
    const rules = [baseRule('a'), correlationRule('c', section({ rules: ['a'] }))];
    // Code that is compiled on the way is no part of the windows.
    const warm = compile(rules, limits(MIB)).detector;
    for (let at = 0; at < 5000; at++) warm.detect(knock(at, { g: group(at) }));
    const { detector } = compile(rules, limits(16 * MIB));
    detector.detect(knock(0, {}));
    const before = heap();
    for (let at = 1; at < 30_000; at++) detector.detect(knock(at, { g: group(at) }));
    const grown = heap() - before;
    const { group_evicted = 0, entry_evicted = 0 } = detector.dropped();
    assert.ok(group_evicted + entry_evicted > 1000, 'nothing had to go');
    assert.ok(grown < 16 * MIB, `${(grown / MIB).toFixed(1)} MiB on the heap`);
    assert.ok(grown > 5 * MIB, `${(grown / MIB).toFixed(1)} MiB: the estimate is far too careful`);
  });
}

test('a flood takes from its own correlation, not from the others', () => {
  const rules = [
    baseRule('a'),
    baseRule('b'),
    correlationRule('loud', section({ rules: ['a'] })),
    correlationRule('quiet', section({ rules: ['b'], condition: { gte: 3 } })),
  ];
  const { detector } = compile(rules, limits(2 * MIB));
  detector.detect(knock(0, { 'event.action': 'b' }));
  detector.detect(knock(1, { 'event.action': 'b' }));
  for (let at = 2; at < 10_000; at++) detector.detect(knock(at, { g: `group ${at}` }));
  assert.ok((detector.dropped()['group_evicted'] ?? 0) > 1000);
  assert.equal(detector.detect(knock(10_000, { 'event.action': 'b' })).matches[0]?.values['count'], '3');
});

test('evidence that a correlation over another one keeps is counted', () => {
  const rules = [
    baseRule('a'),
    correlationRule('many', { ...section({ rules: ['a'] }), timespan: '1s', condition: { gte: 20 } }),
    correlationRule('more', section({ rules: ['many'] })),
  ];
  const { detector } = compile(rules, limits(2 * MIB));
  for (let at = 0; at < 30_000; at++) detector.detect(knock(at * 40, {}));
  assert.ok((detector.dropped()['entry_evicted'] ?? 0) > 1000);
  const kept = detector.handover().correlations.flatMap(({ groups }) => groups.flatMap(({ entries }) => entries));
  assert.ok(kept.flatMap(({ story }) => story?.evidence).length < 4000);
});
