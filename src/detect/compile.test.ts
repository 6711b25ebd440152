import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleDocument } from '#contract';
import { compile } from './compile.ts';
import { baseRule, correlationRule, located, ruleDocument } from './fixture.ts';

const COUNT = { type: 'event_count', rules: ['a'], 'group-by': ['g'], timespan: '1m', condition: { gte: 2 } };

test('a matching event gives a match with its rule, itself as evidence and a count of one', () => {
  const { detector, rules, problems } = compile([
    baseRule('a', { id: '0000', level: 'high', tags: ['attack.persistence'], description: 'What it is.' }),
  ]);
  const seen = located(1, { 'event.action': 'a' }, 1000);
  const { matches, hit } = detector.detect(seen);
  assert.equal(hit, false);
  assert.deepEqual(matches, [
    {
      rule: {
        id: '0000',
        title: 'Base a',
        level: 'high',
        kind: 'Lasting access',
        tags: ['attack.persistence'],
        entityFields: ['source.ip', 'user.name', 'host.name'],
        sentences: [],
        steps: [],
        foldSeconds: 86_400,
      },
      event: seen,
      evidence: [seen],
      count: 1,
      values: {},
    },
  ]);
  assert.deepEqual(detector.detect(located(2, { 'event.action': 'b' }, 1000)).matches, []);
  assert.deepEqual(rules, [
    {
      id: '0000',
      title: 'Base a',
      level: 'high',
      kind: 'Lasting access',
      description: 'What it is.',
      tags: ['attack.persistence'],
      file: 'test.yml',
      type: 'detection',
      alerts: true,
    },
  ]);
  assert.deepEqual(problems, []);
});

/** [rule's log source, event's labels, applies] */
const SOURCES: readonly (readonly [Record<string, string>, Record<string, string | string[]>, boolean])[] = [
  [{ product: 'linux' }, { product: 'linux' }, true],
  [{ product: 'linux' }, { product: 'Linux', service: 'sshd' }, true],
  [{ product: 'linux' }, { product: 'windows' }, false],
  [{ product: 'linux' }, {}, false],
  [{ product: 'linux', service: 'sshd' }, { product: 'linux', service: 'sudo' }, false],
  [{ product: 'linux', service: 'auth' }, { product: 'linux', service: ['sshd', 'auth'] }, true],
  [{ category: 'webserver' }, { category: 'webserver', product: 'nginx' }, true],
  [{ category: 'webserver' }, { product: 'webserver' }, false],
];

for (const [source, labels, applies] of SOURCES) {
  test(`a rule for ${JSON.stringify(source)} ${applies ? 'sees' : 'does not see'} ${JSON.stringify(labels)}`, () => {
    const { detector } = compile([baseRule('a', { logsource: source })]);
    const event = { '@timestamp': 0, 'event.ingested': 0, 'event.action': 'a' };
    const labelled = Object.entries(labels).map(([name, value]) => [`labels.${name}`, value] as const);
    const found = detector.detect({ id: '1-1', event: { ...event, ...Object.fromEntries(labelled) } });
    assert.equal(found.matches.length, applies ? 1 : 0);
  });
}

test('ever new labels do not change what applies', () => {
  const { detector } = compile([baseRule('a')]);
  for (let n = 0; n < 5000; n++) detector.detect(located(n, { 'labels.service': `made-up-${n}` }, 0));
  assert.equal(detector.detect(located(1, { 'event.action': 'a' }, 0)).matches.length, 1);
});

/** [what is wrong, rule, reason] */
const SELECTION = { selection: { a: 1 }, condition: 'selection' };
const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;
const REFUSED: readonly (readonly [string, RuleDocument, RegExp])[] = [
  ['not a mapping', { file: 'test.yml', line: 1, content: ['x'] }, /not a mapping/],
  ['no title', ruleDocument({ detection: SELECTION }), /title is not text/],
  ['neither detection nor correlation', ruleDocument({ title: 'T' }), /either detection or correlation/],
  ['both', baseRule('a', { correlation: COUNT }), /either detection or correlation/],
  ['no log source', ruleDocument({ title: 'T', detection: SELECTION }), /logsource is not a mapping/],
  ['an empty log source', baseRule('a', { logsource: { definition: 'x' } }), /names no product/],
  ['no condition', baseRule('a', { detection: { selection: { a: 1 } } }), /no condition/],
  ['an empty selection', baseRule('a', { detection: { selection: {}, condition: 'selection' } }), /is empty/],
  ['a level of its own', baseRule('a', { level: 'severe' }), /level is not/],
  ['a slip in a key', baseRule('a', { levle: 'high' }), /unknown key levle; did you mean level/],
  ['another slip', baseRule('a', { tag: [] }), /did you mean tags/],
  ['an unknown key of ours', baseRule('a', { porchlight: { sentense: 'x' } }), /unknown key sentense in porchlight/],
  ['a count of nothing', baseRule('a', { porchlight: { count: 'other' } }), /names other/],
  ['a bad fold', baseRule('a', { porchlight: { fold: 'soon' } }), /fold is not a time/],
  ['a bad step', baseRule('a', { porchlight: { steps: [{ cmd: 'x' }] } }), /unknown key cmd in a step/],
  ['a rule that contains itself', baseRule('a', { loop: cyclic }), /deeper than/],
  [
    'a rule collection',
    baseRule('a', { action: 'global' }),
    /action: global is a rule collection.*write the shared part/,
  ],
  ['what its author gave up', baseRule('a', { status: 'unsupported' }), /marked it as unsupported/],
  [
    'relations that are none',
    baseRule('a', { related: [{ id: 'x', type: 'cousin' }] }),
    /is cousin; known: correlation/,
  ],
  [
    'a modifier it does not know',
    baseRule('a', { detection: { s: { 'a|fuzzy': 1 }, condition: 's' } }),
    /unknown modifier fuzzy/,
  ],
  ['an old timeframe', baseRule('a', { detection: { ...SELECTION, timeframe: '5m' } }), /timeframe/],
  ['an unknown type', correlationRule('c', { ...COUNT, type: 'often' }), /unknown correlation type often/],
  ['an unknown correlation key', correlationRule('c', { ...COUNT, window: 'x' }), /unknown key window/],
  ['an unknown rule', correlationRule('c', { ...COUNT, rules: ['nobody'] }), /refers to rule nobody/],
  ['no condition to count by', correlationRule('c', { ...COUNT, condition: {} }), /compares with nothing/],
  ['a comparison of its own', correlationRule('c', { ...COUNT, condition: { min: 1 } }), /unknown comparison min/],
  ['a fraction', correlationRule('c', { ...COUNT, condition: { gte: 1.5 } }), /whole number/],
  ['a field for event_count', correlationRule('c', { ...COUNT, condition: { gte: 1, field: 'x' } }), /value_count/],
  ['no field for value_count', correlationRule('c', { ...COUNT, type: 'value_count' }), /value_count/],
  ['more than a group can hold', correlationRule('c', { ...COUNT, condition: { gte: 20_000 } }), /may hold/],
  ['a bad timespan', correlationRule('c', { ...COUNT, timespan: '1 minute' }), /timespan is not a time/],
  ['itself', correlationRule('c', { ...COUNT, rules: ['c'] }), /refers to itself/],
  ['an alias that lacks a rule', correlationRule('c', { ...COUNT, aliases: { g: { b: 'x' } } }), /alias g for rule a/],
];

for (const [what, document, reason] of REFUSED) {
  test(`refuses ${what}, names the place and goes on`, () => {
    const { detector, rules, problems } = compile([{ ...document, line: 7 }, baseRule('a', { id: 'good' })]);
    const [problem, ...others] = problems;
    assert.equal(others.length, 0);
    assert.equal(problem?.file, 'test.yml');
    assert.equal(problem.line, 7);
    assert.match(problem.reason, reason);
    assert.deepEqual(
      rules.map(({ id }) => id),
      ['good'],
    );
    assert.equal(detector.detect(located(1, { 'event.action': 'a' }, 0)).matches.length, 1);
  });
}

test('aliases that stand for a billion values are refused', () => {
  let bomb: unknown = 'x';
  for (let depth = 0; depth < 9; depth++) bomb = Array.from({ length: 10 }, () => bomb);
  const { problems } = compile([baseRule('a', { bomb })]);
  assert.match(problems[0]?.reason ?? '', /more than 20000 values/);
});

test('keys that Sigma does not know are allowed', () => {
  const { problems } = compile([baseRule('a', { simulation: [], 'x-team': 'home' })]);
  assert.deepEqual(problems, []);
});

test('the second rule with an id is refused', () => {
  const { rules, problems } = compile([baseRule('a', { id: 'one' }), baseRule('b', { id: 'one' })]);
  assert.equal(rules.length, 1);
  assert.match(problems[0]?.reason ?? '', /already used in test.yml/);
});

test('a circle of correlations is refused, and so is what leans on it', () => {
  const { rules, problems } = compile([
    correlationRule('x', { ...COUNT, rules: ['y'] }),
    correlationRule('y', { ...COUNT, rules: ['x'] }),
    correlationRule('z', { ...COUNT, rules: ['x'] }),
    baseRule('a'),
  ]);
  assert.equal(problems.length, 3);
  assert.deepEqual(
    rules.map(({ title }) => title),
    ['Base a'],
  );
});

/** [more of the referred rule, more of the correlation, the referred rule alerts on its own] */
const VOICES: readonly (readonly [Record<string, unknown>, Record<string, unknown>, boolean])[] = [
  [{}, {}, false],
  [{}, { generate: true }, true],
  [{ porchlight: { alert: false } }, { generate: true }, false],
];

for (const [base, correlation, alerts] of VOICES) {
  test(`a referred rule with ${JSON.stringify([base, correlation])} ${alerts ? 'alerts' : 'does not alert'}`, () => {
    const { detector } = compile([baseRule('a', base), correlationRule('c', COUNT, correlation)]);
    const { matches, hit } = detector.detect(located(1, { 'event.action': 'a', g: 'x' }, 0));
    assert.equal(matches.length, alerts ? 1 : 0);
    assert.equal(hit, true);
  });
}

test('only events of the named identifier count, the others are evidence', () => {
  const detection = {
    any: { 'event.action': ['a', 'b'] },
    counted: { 'event.action': 'a' },
    condition: 'any',
  };
  const { detector } = compile([baseRule('a', { detection, porchlight: { count: 'counted' } })]);
  const counts = ['a', 'b'].map(
    (action) => detector.detect(located(1, { 'event.action': action }, 0)).matches[0]?.count,
  );
  assert.deepEqual(counts, [1, 0]);
});

test('a line that stands for several repeats weighs as many, within reason', () => {
  const { detector } = compile([baseRule('a')]);
  const counts = [5, 1e9, 0, -1, '7'].map(
    (repeat) => detector.detect(located(1, { 'event.action': 'a', 'porchlight.repeat': repeat }, 0)).matches[0]?.count,
  );
  assert.deepEqual(counts, [5, 1000, 1, 1, 1]);
});

test('field names from a log are only names', () => {
  const { detector } = compile([baseRule('a', { detection: { s: { __proto__x: 'y' }, condition: 's' } })]);
  const hostile = located(1, JSON.parse('{"__proto__":"y","constructor":"y","hasOwnProperty":"y"}'), 0);
  assert.deepEqual(detector.detect(hostile).matches, []);
});

/** [what, filter document, does the filter take the event out] */
const NOT_X = { rules: ['a'], selection: { x: '1' }, condition: 'not selection' };
const FILTERS: readonly (readonly [string, Record<string, unknown>, boolean])[] = [
  ['by name', { filter: NOT_X }, true],
  ['by id', { filter: { ...NOT_X, rules: ['0000'] } }, true],
  ['for all of the log source', { filter: { ...NOT_X, rules: 'any' } }, true],
  ['with an empty list, which is any', { filter: { ...NOT_X, rules: [] } }, true],
  ['of another rule', { filter: { ...NOT_X, rules: ['b'] } }, false],
  ['of another log source', { filter: NOT_X, logsource: { product: 'linux' } }, false],
  ['of a narrower log source', { filter: NOT_X, logsource: { product: 'test', service: 'sshd' } }, false],
  ['that asks for what is there', { filter: { ...NOT_X, condition: 'selection' } }, false],
  ['that means its own identifiers by them', { filter: { ...NOT_X, condition: 'not 1 of them' } }, true],
];

for (const [what, filter, out] of FILTERS) {
  test(`a filter ${what} ${out ? 'takes the event out' : 'changes nothing'}`, () => {
    const document = ruleDocument({ title: 'Filter', logsource: { product: 'test' }, ...filter });
    const { detector, problems, rules } = compile([baseRule('a', { id: '0000' }), document]);
    assert.deepEqual(problems, []);
    assert.equal(rules.length, 1);
    const found = detector.detect(located(1, { 'event.action': 'a', x: 1 }, 0));
    assert.equal(found.matches.length, out ? 0 : 1);
  });
}

test('a filter narrows the whole condition, not its last part', () => {
  const detection = { one: { 'event.action': 'a' }, two: { y: '1' }, condition: 'one or two' };
  const filter = ruleDocument({ title: 'Filter', logsource: { product: 'test' }, filter: NOT_X });
  const { detector } = compile([baseRule('a', { detection }), filter]);
  assert.equal(detector.detect(located(1, { 'event.action': 'a', x: 1 }, 0)).matches.length, 0);
  assert.equal(detector.detect(located(2, { 'event.action': 'a' }, 0)).matches.length, 1);
});

test('a broken filter is a problem of its own; the rules go on without it', () => {
  const broken = [
    { ...NOT_X, selection: { 'x|odd': 1 } },
    { ...NOT_X, rules: undefined },
    { ...NOT_X, condition: 'other' },
  ];
  const filters = broken.map((filter) => ruleDocument({ title: 'F', logsource: { product: 'test' }, filter }, 9));
  const { detector, problems } = compile([baseRule('a'), ...filters]);
  const reasons = ['unknown modifier odd', /names no rules/, /names other/];
  for (const [at, reason] of reasons.entries()) assert.match(problems[at]?.reason ?? '', new RegExp(reason));
  assert.equal(problems.length, 3);
  assert.equal(detector.detect(located(1, { 'event.action': 'a', x: 1 }, 0)).matches.length, 1);
});

test('a rule for registry events sees each kind of them', () => {
  const logsource = { product: 'test', category: 'registry_event' };
  const { detector } = compile([baseRule('a', { logsource })]);
  const kinds = ['registry_set', 'registry_add', 'registry_delete', 'registry_rename', 'registry_event', 'file_event'];
  const seen = kinds.map(
    (kind) => detector.detect(located(1, { 'event.action': 'a', 'labels.category': kind }, 0)).matches.length,
  );
  assert.deepEqual(seen, [1, 1, 1, 1, 1, 0]);
});

test('more selections of log sources than there is room for are still right', () => {
  const services = Array.from({ length: 12 }, (_, i) => `s${i}`);
  const { detector } = compile(
    services.map((service) =>
      baseRule(service, { logsource: { service }, detection: { s: { x: '1' }, condition: 's' } }),
    ),
  );
  for (let mask = 0; mask < 200; mask++) {
    const labels = services.filter((_, i) => (mask >> i) % 2 === 1);
    const found = detector.detect(located(mask, { x: 1, 'labels.service': labels }, 0)).matches;
    assert.deepEqual(
      found.map(({ rule }) => rule.title).toSorted(),
      labels.map((service) => `Base ${service}`).toSorted(),
    );
  }
});

/** [what, rule, remark] */
const WINDOWS = { logsource: { product: 'windows', category: 'file_event' } };
const REMARKS: readonly (readonly [string, Record<string, unknown>, RegExp | undefined])[] = [
  ['needs a missing field', { detection: { s: { CommandLine: 'x' }, condition: 's' } }, /no CommandLine/],
  [
    'compares with a missing field',
    { detection: { s: { 'Image|fieldref': 'ParentImage' }, condition: 's' } },
    /no ParentImage/,
  ],
  ['may do without', { detection: { s: [{ CommandLine: 'x' }, { Image: 'x' }], condition: 's' } }, undefined],
  ['wants it missing', { detection: { s: { CommandLine: null }, condition: 's' } }, undefined],
  [
    'only leaves something out by it',
    { detection: { s: { Image: 'x' }, f: { CommandLine: 'x' }, condition: 's and not f' } },
    undefined,
  ],
  [
    'uses the fields that there are',
    { detection: { s: { Image: 'x', TargetFilename: 'y', User: 'z' }, condition: 's' } },
    undefined,
  ],
  [
    'has a scope',
    { scope: ['server'], detection: { s: { Image: 'x' }, condition: 's' } },
    /scope \["server"\] is not looked at/,
  ],
];

for (const [what, rule, remark] of REMARKS) {
  test(`a rule that ${what} is loaded ${remark === undefined ? 'without a word' : 'with a remark'}`, () => {
    const { rules, remarks, problems } = compile([{ ...baseRule('a', { ...WINDOWS, ...rule }), line: 3 }]);
    assert.deepEqual(problems, []);
    assert.equal(rules.length, 1);
    assert.equal(remarks.length, remark === undefined ? 0 : 1);
    if (remark === undefined) return;
    assert.match(remarks[0]?.reason ?? '', remark);
    assert.equal(remarks[0]?.line, 3);
  });
}

test('rules may say what they are related to', () => {
  const related = [{ id: '1234', type: 'derived' }];
  assert.deepEqual(compile([baseRule('a', { related })]).problems, []);
});
