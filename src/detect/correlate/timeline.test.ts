import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { before, type Timed, Timeline } from './timeline.ts';

const commands = fc.array(
  fc.oneof(
    fc.record({ add: fc.nat(20) }),
    fc.record({ shift: fc.constant(true) }),
    fc.record({ remove: fc.nat(20) }),
    fc.record({ cut: fc.tuple(fc.nat(20), fc.nat(8)) }),
    fc.record({ drain: fc.constant(true) }),
    fc.record({ ask: fc.nat(20), order: fc.nat(100) }),
  ),
  { maxLength: 100 },
);

test('a timeline is a sorted list', () => {
  fc.assert(
    fc.property(commands, (list) => {
      const timeline = new Timeline<Timed>();
      let model: Timed[] = [];
      list.forEach((command, order) => {
        if ('add' in command) {
          const entry = { time: command.add, order };
          timeline.add(entry);
          model = [...model, entry].toSorted((left, right) => (before(left, right) ? -1 : 1));
        } else if ('shift' in command) {
          assert.equal(timeline.shift(), model.shift());
        } else if ('remove' in command) {
          const gone = timeline.remove(({ time }) => time !== command.remove);
          assert.deepEqual(
            gone,
            model.filter(({ time }) => time === command.remove),
          );
          model = model.filter(({ time }) => time !== command.remove);
        } else if ('cut' in command) {
          const [from, length] = command.cut;
          const inside = ({ time }: Timed): boolean => time >= from && time <= from + length;
          const ends = [-Infinity, Infinity].map((edge, at) => ({ time: from + at * length, order: edge }));
          const [first, last] = ends;
          assert.ok(first !== undefined && last !== undefined);
          assert.deepEqual(timeline.cut(first, last), model.filter(inside));
          model = model.filter((entry) => !inside(entry));
        } else if ('drain' in command) {
          assert.deepEqual(timeline.drain(), model);
          model = [];
        } else {
          const place = { time: command.ask, order: command.order };
          assert.equal(
            timeline.firstAfter(place),
            model.find((entry) => before(place, entry)),
          );
          assert.equal(
            timeline.lastBefore(place),
            model.findLast((entry) => before(entry, place)),
          );
        }
        assert.equal(timeline.length, model.length);
        assert.equal(timeline.first, model[0]);
        assert.equal(timeline.last, model.at(-1));
      });
    }),
    { seed: 1, numRuns: 500 },
  );
});
