import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleDocument } from '#contract';
import { configSchema } from '#contract/schema';
import { entryOf, type RuleEntry } from './entry.ts';
import { judge } from './policy.ts';

const ID = '11111111-1111-4111-8111-111111111111';

interface Said {
  readonly set?: string;
  readonly path?: string;
  readonly level?: string;
  readonly status?: string;
  readonly tags?: readonly string[];
  readonly porchlight?: object;
}

function entry({ set = 'sigma', path = 'rules/windows/process_creation/a.yml', ...said }: Said = {}): RuleEntry {
  const content = { id: ID, title: 'One', level: 'high', status: 'stable', tags: ['attack.t1059.001'], ...said };
  const document: RuleDocument = { file: `/data/${path}`, line: 1, content };
  return entryOf(document, set, path);
}

/** [what, settings, rule, switch, verdict] */
type Case = readonly [string, object, Said, 'on' | 'off' | undefined, string];
const OFF = 'off: switched off by rules.disable: ';
const CASES: readonly Case[] = [
  ['a stable, high rule', {}, {}, undefined, 'alerts high'],
  ['from medium', {}, { level: 'medium' }, undefined, 'alerts medium'],
  ['low', {}, { level: 'low' }, undefined, 'noted low: level low is under medium'],
  ['from test', {}, { status: 'test' }, undefined, 'alerts high'],
  ['no status', {}, { status: undefined as never }, undefined, 'alerts high'],
  ['experimental', {}, { status: 'experimental' }, undefined, 'noted high: status experimental is under test'],
  ['deprecated', {}, { status: 'deprecated' }, undefined, 'noted high: status deprecated is under test'],
  ['our own, low', {}, { set: 'porchlight', level: 'low', status: 'experimental' }, undefined, 'alerts low'],
  ['a rule that decides itself', {}, { level: 'low', porchlight: { alert: true } }, undefined, 'alerts low'],
  ['other limits', { alerts: { level: 'low', status: 'experimental' } }, { level: 'low' }, undefined, 'alerts low'],
  ['by id', { disable: [ID.toUpperCase()] }, {}, undefined, `${OFF}${ID.toUpperCase()}`],
  ['by id:', { disable: [`id:${ID}`] }, {}, undefined, `${OFF}id:${ID}`],
  ['by tag', { disable: ['tag:attack.T1059.001'] }, {}, undefined, `${OFF}tag:attack.T1059.001`],
  ['by technique above', { disable: ['tag:attack.t1059'] }, {}, undefined, `${OFF}tag:attack.t1059`],
  ['a tag that only begins so', { disable: ['tag:attack.t10'] }, {}, undefined, 'alerts high'],
  ['by folder', { disable: ['file:windows'] }, {}, undefined, `${OFF}file:windows`],
  ['by pattern', { disable: ['file:windows/*/a.yml'] }, {}, undefined, `${OFF}file:windows/*/a.yml`],
  ['by file name', { disable: ['file:a.yml'] }, {}, undefined, `${OFF}file:a.yml`],
  [
    'by its whole path',
    { disable: ['file:/data/rules/windows/process_creation/a.yml'] },
    {},
    undefined,
    `${OFF}file:/data/rules/windows/process_creation/a.yml`,
  ],
  ['another file', { disable: ['file:window', 'file:b.yml', 'file:aXyml'] }, {}, undefined, 'alerts high'],
  ['by set', { disable: ['set:Sigma'] }, {}, undefined, `${OFF}set:Sigma`],
  ['our own, disabled', { disable: ['set:porchlight'] }, { set: 'porchlight' }, undefined, `${OFF}set:porchlight`],
  ['off by hand', {}, {}, 'off', 'off: switched off by hand'],
  ['on by hand, against the file', { disable: [ID] }, {}, 'on', 'alerts high'],
  ['a level by tag', { levels: { 'tag:attack.t1059': 'low' } }, {}, undefined, 'noted low: level low is under medium'],
  [
    'a level by id goes before one by tag',
    { levels: { 'tag:attack.t1059': 'low', [ID]: 'critical' } },
    {},
    undefined,
    'alerts critical',
  ],
  [
    'who gives a rule a level wants to hear of it',
    { levels: { [ID]: 'high' } },
    { status: 'experimental' },
    undefined,
    'alerts high',
  ],
  [
    'not so by tag',
    { levels: { 'tag:attack.t1059': 'high' } },
    { status: 'experimental' },
    undefined,
    'noted high: status experimental is under test',
  ],
];

for (const [what, settings, said, position, expected] of CASES)
  test(`${what}: ${expected}`, () => {
    const { rules } = configSchema.parse({ rules: settings });
    const { runs, level, alerts, reason } = judge(rules, new Map(position && [[ID, position]])).judge(entry(said));
    const words = !runs ? 'off: ' : alerts ? `alerts ${level}` : `noted ${level}: `;
    assert.equal(words + reason.replace(/^noted only: /, ''), expected);
  });

test('what fits no rule is said', () => {
  const { rules } = configSchema.parse({ rules: { disable: ['tag:attack.t1', ID], levels: { 'set:other': 'low' } } });
  const { judge: verdictOf, unused } = judge(rules, new Map());
  verdictOf(entry());
  assert.deepEqual(unused(), ['tag:attack.t1', 'set:other']);
});
