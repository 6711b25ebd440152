import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Recency } from './recency.ts';

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const commands = fc.array(fc.tuple(fc.constantFrom('use', 'use', 'remove', 'drain'), names), { maxLength: 60 });

test('recency is a list in which use moves to the end', () => {
  fc.assert(
    fc.property(commands, (list) => {
      const recency = new Recency<string>();
      let model: string[] = [];
      for (const [command, name] of list) {
        const target = command === 'drain' ? (recency.oldest?.name ?? name) : name;
        const before = model;
        model = model.filter((other) => other !== target);
        if (command === 'use') {
          const known = recency.use(name);
          assert.equal(known, before.includes(name) ? name.toUpperCase() : undefined);
          if (known === undefined) recency.open(name, name.toUpperCase());
          model.push(name);
        } else recency.remove(target);
        assert.equal(recency.oldest?.name, model[0]);
        assert.deepEqual(
          Array.from(recency.values(), (value) => value.toLowerCase()),
          model,
        );
        assert.equal(recency.size, model.length);
      }
      for (const name of model) {
        assert.equal(recency.oldest?.name, name);
        recency.remove(name);
      }
      assert.equal(recency.oldest, undefined);
    }),
    { seed: 1, numRuns: 500 },
  );
});
