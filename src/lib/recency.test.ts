import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Linked, Recency } from './recency.ts';

interface Named extends Linked<Named> {}

const named = (name: string): Named => ({ name, older: undefined, newer: undefined });

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const commands = fc.array(fc.tuple(fc.constantFrom('use', 'use', 'remove', 'drain'), names), { maxLength: 60 });

const find = (recency: Recency<Named>, name: string): Named =>
  recency.values().find((one) => one.name === name) ?? named(name);

test('recency is a list in which use moves to the end', () => {
  fc.assert(
    fc.property(commands, (list) => {
      const recency = new Recency<Named>();
      let model: string[] = [];
      for (const [command, name] of list) {
        const target = command === 'drain' ? (recency.oldest?.name ?? name) : name;
        const before = model;
        model = model.filter((other) => other !== target);
        if (command === 'use') {
          const known = recency.use(name);
          assert.equal(known?.name, before.includes(name) ? name : undefined);
          if (known === undefined) recency.open(named(name));
          model.push(name);
        } else recency.remove(find(recency, target));
        assert.equal(recency.oldest?.name, model[0]);
        assert.deepEqual(
          Array.from(recency.values(), ({ name: one }) => one),
          model,
        );
        assert.equal(recency.size, model.length);
      }
      for (const name of model) {
        assert.equal(recency.oldest?.name, name);
        recency.remove(find(recency, name));
      }
      assert.equal(recency.oldest, undefined);
    }),
    { seed: 1, numRuns: 500 },
  );
});
