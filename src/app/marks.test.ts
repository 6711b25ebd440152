import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { briefStream, createMarks, type Verdict } from './marks.ts';

const at = (from: number, to: number, key = 'file:a') => ({ stream: { key, detail: `${to}` }, from, to });

const steps: readonly {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly verdict: Verdict;
}[] = [
  { what: 'follows the mark', from: 10, to: 15, verdict: 'new' },
  { what: 'ends at the mark', from: 5, to: 10, verdict: 'repeat' },
  { what: 'ends before the mark', from: 0, to: 4, verdict: 'repeat' },
  { what: 'begins after the mark', from: 12, to: 15, verdict: 'gap' },
  { what: 'begins before the mark and ends after it', from: 8, to: 15, verdict: 'overlap' },
];
for (const { what, from, to, verdict } of steps) {
  test(`a record that ${what}: ${verdict}`, () => {
    const marks = createMarks([{ key: 'file:a', mark: 10, detail: '' }]);
    assert.equal(marks.accept(at(from, to)), verdict);
    assert.deepEqual(marks.take().moved, verdict === 'repeat' ? [] : [{ key: 'file:a', mark: to, detail: `${to}` }]);
  });
}

test('a stream that nobody knows begins wherever it begins', () => {
  const marks = createMarks([]);
  assert.equal(marks.accept(at(700, 720)), 'new');
  assert.equal(marks.accept(at(700, 720)), 'repeat');
});

test('streams do not know each other', () => {
  const marks = createMarks([{ key: 'file:a', mark: 10, detail: '' }]);
  assert.equal(marks.accept(at(0, 5, 'file:b')), 'new');
  assert.equal(marks.accept(at(0, 5)), 'repeat');
});

test('taken marks are the last ones of their streams, each once', () => {
  const marks = createMarks([]);
  for (const position of [at(0, 5), at(5, 9), at(0, 2, 'post:b')]) marks.accept(position);
  assert.deepEqual(marks.take().moved, [
    { key: 'file:a', mark: 9, detail: '9' },
    { key: 'post:b', mark: 2, detail: '2' },
  ]);
  assert.deepEqual(marks.take().moved, []);
});

test('however often and from wherever a stream is sent again, each record is new once', () => {
  const record = fc.record({ begin: fc.nat(30), length: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(record), (runs) => {
      const marks = createMarks([]);
      let reached = 0;
      const taken: number[] = [];
      for (const { begin, length } of [{ begin: 0, length: 5 }, ...runs]) {
        // A sender goes back to any place it was at, never past where it got to.
        const from = Math.min(begin, reached);
        for (let n = from; n < from + length; n++) if (marks.accept(at(n, n + 1)) !== 'repeat') taken.push(n);
        reached = Math.max(reached, from + length);
      }
      assert.deepEqual(
        taken,
        Array.from({ length: reached }, (_, n) => n),
      );
    }),
    { seed: 1 },
  );
});

test('of the keys of posts only the latest are remembered, the oldest first out, also after a restart', () => {
  const post = (n: number) => ({ stream: briefStream('local', `k${n}`, n), from: 0, to: 1 });
  const marks = createMarks([{ key: 'file:a', mark: 10, detail: '' }], 2);
  for (const n of [1, 2, 3]) assert.equal(marks.accept(post(n)), 'new');
  const first = marks.take();
  assert.deepEqual(
    first.moved.map(({ key }) => key),
    ['post:local:k2', 'post:local:k3'],
  );
  assert.deepEqual(first.forgotten, ['post:local:k1']);
  assert.equal(marks.accept(post(3)), 'repeat');
  assert.equal(marks.accept(post(1)), 'new');
  assert.deepEqual(marks.take().forgotten, ['post:local:k2']);

  const again = createMarks([...first.moved].toReversed(), 2);
  again.accept(post(4));
  assert.deepEqual(again.take().forgotten, ['post:local:k2']);
});
