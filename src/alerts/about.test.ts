import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyFinder, keyOf } from './about.ts';
import { located, matchOf, RULE } from './fixture.ts';

const rules = [RULE, { ...RULE, id: 'rule-2' }];
const match = matchOf(located(1));
const about = fc.record({
  entity: fc.constantFrom('203.0.113.7', 'backup', ''),
  field: fc.constantFrom('source.ip', 'user.name', 'host.name', ''),
  host: fc.constantFrom('nas', 'pi', ''),
});

test('a key that is remembered is the key that would be made, however few are remembered', () => {
  const asked = fc.array(fc.record({ rule: fc.constantFrom(...rules), about, historic: fc.boolean() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(asked, fc.integer({ min: 1, max: 20 }), (all, most) => {
      const find = keyFinder<string>(most);
      for (const { rule, about: one, historic } of all) {
        const key = keyOf({ rule, entity: one.entity, entity_field: one.field, host: one.host, historic });
        const known = find({ ...match, rule }, one, historic);
        assert.equal(known.key, key);
        // What was put beside a key is never found beside another.
        assert.ok(known.place === undefined || known.place === key);
        known.place = key;
      }
    }),
    { seed: 1 },
  );
});
