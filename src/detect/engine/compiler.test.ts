import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../compile.ts';
import { located, ruleDocument } from '../fixture.ts';

/** Looked for in every event: what expressions and texts need besides is then known before they are asked. */
const LITERALS = ['{', '`', '^', 'curl', 'pipe'];

/** [detection item, value of the field, holds] */
const CASES: readonly (readonly [Readonly<Record<string, unknown>>, string | readonly string[], boolean])[] = [
  [{ 'f|re': '\\{.*`' }, 'a { b ` c', true],
  [{ 'f|re': '\\{.*`' }, 'a { b', false],
  [{ 'f|re': '\\{.*`' }, 'a ` b {', false],
  [{ 'f|re': '\\{.*`' }, ['a {', '` b'], false],
  [{ 'f|re': '\\{.*`' }, ['a', '{ `'], true],
  [{ 'f|re': '\\^.*\\^' }, 'a^b^c', true],
  [{ 'f|re': '\\^.*\\^' }, 'a^b', false],
  [{ 'f|re': '\\+.*\\+.*[;%]' }, '1+2+3;', true],
  [{ 'f|re': '\\+.*\\+.*[;%]' }, '1+2+3%', true],
  [{ 'f|re': '\\+.*\\+.*[;%]' }, '1+2+3', false],
  [{ 'f|re': '(?i)k\\+' }, '\u212A+', true],
  [{ 'f|re|i': 'CURL.*PIPE' }, 'curl | pipe', true],
  [{ 'f|re|i': 'CURL.*PIPE' }, 'pipe | curl', false],
  [{ 'f|contains': 'curl*pipe' }, 'x CURL to PIPE x', true],
  [{ 'f|contains': 'curl*pipe' }, 'x PIPE to CURL x', false],
  [{ 'f|contains|cased': 'curl' }, 'CURL', false],
  [{ 'f|contains|cased': 'curl' }, 'a curl', true],
];

for (const [item, value, holds] of CASES) {
  test(`${JSON.stringify(item)} ${holds ? 'holds' : 'does not hold'} for ${JSON.stringify(value)}`, () => {
    const asked = { sure: { g: 'x' }, item, condition: 'sure and item' };
    const known = LITERALS.map((literal) => ({ item: { 'f|contains': literal }, condition: 'item' }));
    const { detector, problems } = compile([asked, ...known].map((detection, at) => document(String(at), detection)));
    assert.deepEqual(problems, []);
    // Asked twice: what was kept of the first event is not of the second.
    for (const ordinal of [1, 2]) {
      const { matches } = detector.detect(located(ordinal, { f: value, g: 'x' }, 1000));
      assert.equal(
        matches.some(({ rule }) => rule.id === '0'),
        holds,
      );
    }
  });
}

const document = (id: string, detection: Readonly<Record<string, unknown>>): ReturnType<typeof ruleDocument> =>
  ruleDocument({ title: id, id, level: 'high', logsource: { product: 'test' }, detection });
