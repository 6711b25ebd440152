import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../compile.ts';
import { located, ruleDocument } from '../fixture.ts';

const WANTED = { f: 'straße', g: 'ünder', h: 'plain', k: '\u2014enc' };

/** [the event, the fields whose texts stand in it] */
const CASES: readonly (readonly [Readonly<Record<string, string | readonly string[]>>, readonly string[]])[] = [
  [{ f: 'a STRASSE a', g: 'under', h: 'plain' }, ['f', 'h']],
  [{ f: 'a strasse a', g: 'a ÜNDER a', h: 'a PLAIN a' }, ['f', 'g', 'h']],
  [{ h: 'plain', g: 'ünder', f: 'nothing' }, ['g', 'h']],
  [{ h: 'plain ü', f: 'strase', g: 'nothing' }, ['h']],
  [{ f: ['ascii', 'straße'], g: ['ünder', 'ascii'] }, ['f', 'g']],
  [{ f: 'é', g: 'ascii', h: 'nothing', k: 'x \u2014ENC' }, ['k']],
  [{ k: '-enc \u2014', f: '\u2014enc' }, []],
];

for (const keywords of [false, true]) {
  for (const [event, found] of CASES) {
    test(`${found.join(', ') || 'nothing'} of ${JSON.stringify(event)}${keywords ? ', beside keywords' : ''}`, () => {
      const rules = Object.entries(WANTED).map(([field, text]) =>
        document(field, { item: { [`${field}|contains`]: text }, condition: 'item' }),
      );
      const beside = keywords ? [document('all', { words: ['another text'], condition: 'words' })] : [];
      const { detector } = compile([...rules, ...beside]);
      // Twice: what one event had is not in the next.
      for (const ordinal of [1, 2]) {
        const { matches } = detector.detect(located(ordinal, event, 1000));
        assert.deepEqual(matches.map(({ rule }) => rule.id).toSorted(), found);
      }
    });
  }
}

const document = (id: string, detection: Readonly<Record<string, unknown>>): ReturnType<typeof ruleDocument> =>
  ruleDocument({ title: id, id, level: 'high', logsource: { product: 'test' }, detection });
