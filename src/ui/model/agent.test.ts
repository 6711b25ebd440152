/** Agents in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AGENT_STATES, type AgentState, type AgentStatus } from '#contract';
import {
  agentsPhrase,
  agentsRest,
  agentsSentence,
  agentStanding,
  clockWords,
  lossOf,
  lossReason,
  lossWords,
  orderAgents,
  spoolPart,
  standingReason,
  tokenWords,
} from './agent.ts';

const NOW = Date.UTC(2025, 10, 30, 20, 42, 8);
const iso = (at: number): string => new Date(at).toISOString();
const MINUTE = 60_000;

type Source = AgentStatus['sources'][number];
const source = (changes: Partial<Source> = {}): Source => ({
  source: 'journald',
  state: 'following',
  reason: '',
  read: 10,
  spooled: 10,
  sent: 10,
  stored: 10,
  dropped: {},
  gaps: [],
  lag: 0,
  ...changes,
});

const agent = (name: string, changes: Partial<AgentStatus> = {}): AgentStatus => ({
  name,
  state: 'live',
  added: iso(NOW),
  last_seen: iso(NOW),
  version: '1.0.0',
  platform: 'linux',
  host: name,
  always_on: true,
  lag: 0,
  clock_skew: null,
  spool: { records: 0, bytes: 0, oldest: null, quarantined: 0, parked: 0 },
  sources: [source()],
  totals: { read: 10, spooled: 10, sent: 10, stored: 10, dropped: 0, lost: 0 },
  gaps: [],
  keys: [],
  rotating: false,
  invitation: null,
  ...changes,
});

const asleep = { state: 'silent', always_on: false } as const;
const SENTENCES: readonly (readonly [readonly AgentStatus[], string])[] = [
  [[agent('a')], 'One machine reports.'],
  [[agent('a'), agent('b'), agent('c'), agent('laptop', asleep)], 'Three machines report. laptop is asleep.'],
  [[agent('a'), agent('attic', { state: 'silent' })], 'attic is silent. One machine reports.'],
  [
    [agent('b', { state: 'silent' }), agent('a', { state: 'silent' }), agent('laptop', asleep)],
    'a and b are silent. No machines report.',
  ],
  [[agent('a', { state: 'stuck' }), agent('b')], 'a forwards nothing. One machine reports.'],
  [['a', 'b', 'c'].map((name) => agent(name, { state: 'silent' })), 'Three machines are silent. No machines report.'],
  [[agent('a', { state: 'invited' })], 'No machines report.'],
];
for (const [agents, sentence] of SENTENCES)
  test(`the sentence: ${sentence}`, () => assert.equal(agentsSentence(agents), sentence));

const RESTS: readonly (readonly [readonly AgentStatus[], string])[] = [
  [[agent('a')], '10 records stored, none is missing.'],
  [[agent('a', { totals: { ...agent('a').totals, lost: 1 } })], '10 records stored, 1 is lost.'],
  [[agent('a', { state: 'silent' }), agent('b', asleep)], 'b is asleep. 20 records stored, none is missing.'],
  [
    [agent('a', { state: 'invited', totals: { ...agent('a').totals, stored: 0 } }), agent('b', { state: 'revoked' })],
    'a is invited. b is revoked. 10 records stored, none is missing.',
  ],
  [[agent('a', { state: 'invited', totals: { ...agent('a').totals, stored: 0 } })], 'a is invited.'],
];
for (const [agents, rest] of RESTS) test(`the rest: ${rest}`, () => assert.equal(agentsRest(agents), rest));

test('a line without room counts', () => {
  assert.equal(agentsPhrase([]), '');
  assert.equal(agentsPhrase([agent('a'), agent('b', { state: 'silent' }), agent('c')]), 'agents 2 live, 1 silent');
  assert.equal(agentsPhrase([agent('b', asleep)]), 'agents 1 asleep');
});

test('law: every agent is told of exactly once in the line, and the list has each', () => {
  const some = fc.array(fc.tuple(fc.constantFrom<AgentState>(...AGENT_STATES), fc.boolean()), { maxLength: 12 });
  fc.assert(
    fc.property(some, (states) => {
      const agents = states.map(([state, always_on], at) => agent(`n${at}`, { state, always_on }));
      const counts = [...agentsPhrase(agents).matchAll(/\d+/g)].map(([count]) => Number(count));
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        agents.length,
      );
      assert.deepEqual(new Set(orderAgents(agents)), new Set(agents));
    }),
    { seed: 1 },
  );
});

test('what wants a hand is listed first, then by name', () => {
  const agents = [
    agent('z'),
    agent('a'),
    agent('r', { state: 'revoked' }),
    agent('l', asleep),
    agent('s', { state: 'silent' }),
  ];
  assert.deepEqual(
    orderAgents(agents).map(({ name }) => name),
    ['s', 'a', 'z', 'l', 'r'],
  );
});

const LOSSES: readonly (readonly [string, Record<string, number>, number, number])[] = [
  ['nothing', {}, 0, 0],
  ['what was left out on purpose is not lost', { blank: 3, older_than_backfill: 9, repeat: 2 }, 0, 0],
  ['what had a number is counted once', { evicted: 40, too_old: 2, parked: 1 }, 43, 43],
  ['what never got one is counted too', { spool_full: 5, queue_full: 2, evicted: 4 }, 4, 11],
  ['a reason that is not known is a loss', { constructor: 3 }, 0, 3],
];
for (const [name, dropped, lost, loss] of LOSSES)
  test(`lost: ${name}`, () => {
    const totals = { ...agent('a').totals, lost };
    assert.equal(lossOf({ sources: [source({ dropped })], totals }), loss);
  });

test('losses and their reasons in words', () => {
  assert.equal(lossWords(0), 'nothing lost');
  assert.equal(lossWords(1204), '1,204 lost');
  assert.equal(lossReason('evicted'), 'given up to make room');
  assert.equal(lossReason('new_reason'), 'new reason');
  assert.equal(lossReason('constructor'), 'constructor');
});

const denied = source({ state: 'denied', reason: 'no' });
const REASONS: readonly (readonly [AgentStatus, string])[] = [
  [agent('a'), ''],
  [agent('a', { sources: [source(), denied], rotating: true }), '1 source cannot be read, changes its key'],
  [agent('a', { state: 'silent', last_seen: iso(NOW - 26 * MINUTE) }), 'for 26 min'],
  [agent('a', { ...asleep, last_seen: iso(NOW - 180 * MINUTE) }), 'for 3 h'],
  [agent('a', { state: 'stuck', sources: [denied, source({ source: 'monitor' })] }), 'none of its sources can be read'],
  [
    agent('a', { state: 'stuck', spool: { records: 1204, bytes: 1, oldest: null, quarantined: 0, parked: 0 } }),
    '1,204 records wait on its disk',
  ],
  [agent('a', { state: 'stuck' }), 'it reads nothing'],
  [agent('a', { state: 'invited', invitation: iso(NOW + 28 * MINUTE) }), 'token good for 28 min'],
  [agent('a', { state: 'invited', invitation: iso(NOW) }), 'token ended'],
  [agent('a', { invitation: iso(NOW + 5000) }), 'invited again, token good for 5 s'],
  [agent('a', { state: 'revoked' }), ''],
];
for (const [one, reason] of REASONS)
  test(`${agentStanding(one)}: ${reason}`, () => assert.equal(standingReason(one, NOW), reason));

test('a token is good, ended, or not there', () => assert.equal(tokenWords({ invitation: null }, NOW), ''));

const CLOCKS: readonly (readonly [number | null, string])[] = [
  [null, ''],
  [5000, ''],
  [-5000, ''],
  [5001, 'clock 5 s ahead'],
  [-3_600_000, 'clock 1 h behind'],
];
for (const [skew, words] of CLOCKS)
  test(`a clock off by ${skew}: ${words}`, () => assert.equal(clockWords({ clock_skew: skew }), words));

const SPOOLS: readonly (readonly [AgentStatus['spool'], number | undefined])[] = [
  [null, undefined],
  [{ records: 1, bytes: 10, oldest: null, quarantined: 0, parked: 0 }, undefined],
  [{ records: 1, bytes: 10, limit: 0, oldest: null, quarantined: 0, parked: 0 }, undefined],
  [{ records: 1, bytes: 10, limit: 40, oldest: null, quarantined: 0, parked: 0 }, 0.25],
  [{ records: 1, bytes: 50, limit: 40, oldest: null, quarantined: 0, parked: 0 }, 1],
];
for (const [spool, part] of SPOOLS)
  test(`a spool of ${JSON.stringify(spool)} is full to ${part}`, () => assert.equal(spoolPart({ spool }), part));
