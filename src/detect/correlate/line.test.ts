import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { located } from '../fixture.ts';
import { before, type Entry, Line, type Story, type Told } from './line.ts';

const commands = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: fc.nat(20), received: fc.nat(6), told: fc.boolean() }) },
    fc.record({ shift: fc.constant(true) }),
    fc.record({ remove: fc.nat(6) }),
    fc.record({ tell: fc.tuple(fc.nat(20), fc.nat(8)) }),
    fc.record({ tellAll: fc.constant(true) }),
    fc.record({ tellLast: fc.constant(true) }),
    fc.record({ tellValue: fc.nat(2) }),
    fc.record({ thin: fc.tuple(fc.nat(2), fc.nat(2)) }),
    fc.record({ ask: fc.nat(20), order: fc.nat(100) }),
  ),
  { maxLength: 100 },
);

const timed = ({ time, order }: Entry): unknown => ({ time, order });
const toldOf = ({ time, order, rule, count = -1, story }: Entry): Told => ({ time, order, rule, count, story });
const told = (entry: Entry): Entry => ({ ...entry, count: undefined, story: undefined });

function arrived(order: number, time: number, received: number, isTold: boolean): Entry {
  const story: Story = { event: located(order, {}, time), evidence: undefined, bytes: order };
  const entry = { time, order, received, weight: order % 4, count: order % 5, rule: 0, value: order % 3, story };
  return isTold ? told(entry) : entry;
}

test('a line is a sorted list of entries, some of which were told', () => {
  fc.assert(
    fc.property(commands, (list) => {
      const line = new Line();
      let model: Entry[] = [];
      const tell = (fits: (entry: Entry) => boolean, run: (out: Told[]) => void): void => {
        const out: Told[] = [];
        run(out);
        const wanted = (entry: Entry): boolean => entry.count !== undefined && fits(entry);
        assert.deepEqual(out, model.filter(wanted).map(toldOf));
        model = model.map((entry) => (wanted(entry) ? told(entry) : entry));
      };
      list.forEach((command, order) => {
        if ('add' in command) {
          const entry = arrived(order, command.add, command.received, command.told);
          line.add(entry);
          model = [...model, entry].toSorted((left, right) => (before(left, right) ? -1 : 1));
        } else if ('shift' in command) {
          if (line.length > 0) line.shift();
          model.shift();
        } else if ('remove' in command) {
          const stays = ({ received }: Pick<Entry, 'received'>): boolean => received !== command.remove;
          const gone = line.remove((received) => stays({ received }));
          assert.deepEqual(
            gone,
            model.filter((entry) => !stays(entry)),
          );
          model = model.filter(stays);
        } else if ('tell' in command) {
          const [from, length] = command.tell;
          const [first, last] = [
            { time: from, order: -Infinity },
            { time: from + length, order: Infinity },
          ];
          tell(
            ({ time }) => time >= from && time <= from + length,
            (out) => line.tell(out, first, last),
          );
        } else if ('tellAll' in command) {
          tell(
            () => true,
            (out) => line.tell(out),
          );
        } else if ('tellLast' in command) {
          const untold = model.filter(({ count }) => count !== undefined);
          const isAlone = untold.length === 1 && untold[0] === model.at(-1);
          tell(
            () => isAlone,
            (out) => {
              const only = line.tellLast();
              if (only !== undefined) out.push(only);
            },
          );
        } else if ('tellValue' in command) {
          tell(
            ({ value }) => value === command.tellValue,
            (out) => line.tellValue(out, command.tellValue),
          );
        } else if ('thin' in command) {
          const [first, last] = command.thin;
          const untold = model.filter(({ count }) => count !== undefined);
          const place = untold.length - last - 1;
          const thinned = place < first ? undefined : untold[place];
          assert.equal(line.thin(first, last), thinned?.story);
          model = model.map((entry) => (entry === thinned ? { ...entry, story: undefined } : entry));
        } else {
          const place = { time: command.ask, order: command.order };
          const [after, behind] = [
            model.find((entry) => before(place, entry)),
            model.findLast((entry) => before(entry, place)),
          ];
          assert.deepEqual(line.firstAfter(place), after && timed(after));
          assert.deepEqual(line.lastBefore(place), behind && timed(behind));
        }
        assert.deepEqual(line.entries(), model);
        assert.equal(line.length, model.length);
        assert.equal(line.untold, model.filter(({ count }) => count !== undefined).length);
        const [first] = model;
        assert.equal(line.firstTime, first?.time ?? Infinity);
        if (first !== undefined)
          assert.deepEqual(
            [line.firstReceived, line.firstWeight, line.firstValue, line.firstStory],
            [first.received, first.weight, first.value, first.story],
          );
        const receipts = model.map(({ received }) => received);
        if (line.isSteady)
          assert.deepEqual(
            receipts,
            receipts.toSorted((left, right) => left - right),
          );
      });
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test('a log that is read forwards is steady, however often the line was empty', () => {
  const line = new Line();
  for (let at = 0; at < 100; at++) {
    line.add(arrived(at, at, at, false));
    if (at % 3 > 0) line.shift();
    assert.ok(line.isSteady);
  }
  assert.ok(line.length > 30);
});

const wave = fc.record({ comes: fc.nat(150), late: fc.nat(3), leaves: fc.nat(170), tells: fc.boolean() });

test('a line that grows to hundreds of entries, moves on and shrinks again stays the list that it is', () => {
  fc.assert(
    fc.property(fc.array(wave, { minLength: 2, maxLength: 8 }), (waves) => {
      const line = new Line();
      let model: Entry[] = [];
      let order = 0;
      for (const { comes, late, leaves, tells } of waves) {
        for (let one = 0; one < comes; one++, order++) {
          const entry = arrived(order, 10 * order - (order % 7 === 0 ? 35 * late : 0), order, false);
          line.add(entry);
          model.push(entry);
        }
        model = model.toSorted((left, right) => (before(left, right) ? -1 : 1));
        assert.deepEqual(line.entries(), model);
        for (let one = 0; one < leaves && line.length > 0; one++) line.shift();
        model = model.slice(leaves);
        assert.deepEqual(line.entries(), model);
        if (!tells) continue;
        const out: Told[] = [];
        line.tell(out);
        assert.deepEqual(out, model.filter(({ count }) => count !== undefined).map(toldOf));
        model = model.map(told);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});
