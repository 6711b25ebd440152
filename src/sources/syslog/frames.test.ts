import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#contract';
import { type Budget, frames, type Message } from './frames.ts';

const endless: Budget = { take: () => true, give: () => {} };

/** Pushes the pieces and ends the connection. */
function read(pieces: readonly (string | Buffer)[], budget = endless, limit?: number): Message[] {
  const messages: Message[] = [];
  const one = frames(budget, limit);
  for (const piece of pieces) one.push(Buffer.from(piece), (message) => messages.push(message));
  one.flush((message) => messages.push(message));
  return messages;
}

const texts = (messages: readonly Message[]): string[] =>
  messages.map(({ text, cut, fault }) => `${text}${cut ? ' (cut)' : ''}${fault ? ' (fault)' : ''}`);

const cases: readonly (readonly [what: string, sent: string, messages: readonly string[]])[] = [
  ['lines that end with LF', '<13>a\n<13>b\n', ['<13>a', '<13>b']],
  ['CR LF', '<13>a\r\n<13>b\r\n', ['<13>a', '<13>b']],
  ['NUL', '<13>a\0<13>b\0', ['<13>a', '<13>b']],
  ['LF and NUL in turn', '<13>a\n<13>b\0<13>c\n\0<13>d\0\n', ['<13>a', '<13>b', '<13>c', '<13>d']],
  ['blank lines', '\n\r\n\n<13>a\n\n', ['<13>a']],
  ['a last line without an end', '<13>a\n<13>b', ['<13>a', '<13>b']],
  ['lines without a priority', 'Nov 20 14:00:00 nas x: y\nmore\n', ['Nov 20 14:00:00 nas x: y', 'more']],
  ['lines that begin with digits', '2026-11-20T14:00:00Z x\n30 <users\n', ['2026-11-20T14:00:00Z x', '30 <users']],
  ['after a line, counts are text', '<13>a\n6 <13>b\n', ['<13>a', '6 <13>b']],
  ['counts', '5 <13>a6 <13>bc', ['<13>a', '<13>bc']],
  ['counts, over line ends and NULs', '7 <13>a\nb9 <13>c\0d\r\n', ['<13>a\nb', '<13>c\0d']],
  ['counts with a line end behind each', '5 <13>a\n5 <13>b\n', ['<13>a', '<13>b']],
  ['a count in bytes, not in characters', '7 <13>ü€5 <13>a'.replace('€', 'x'), ['<13>üx', '<13>a']],
  ['a body that breaks off', '9 <13>a', ['<13>a (cut)']],
  ['a count that breaks off', '5 <13>a1', ['<13>a', '1 (fault)']],
  ['a count that is too small', '4 <13>hello\n5 <13>b', ['<13>', 'hello (fault)', '<13>b']],
  ['a count that is not believed', '99999999 <13>a\n5 <13>b', ['<13>a (fault)', '<13>b']],
  ['counts that are not believed at all', '999999999999 <13>a\n<13>b\n', ['999999999999 <13>a', '<13>b']],
  ['no count where one should be', '5 <13>a<13>b\n5 <13>c', ['<13>a', '<13>b (fault)', '<13>c']],
  ['a count of nothing', '0 <13>a\n<13>b\n', ['0 <13>a', '<13>b']],
  ['a count with a zero in front', '05 <13>a\n', ['05 <13>a']],
  ['a minus', '-5 <13>a\n', ['-5 <13>a']],
  ['nothing', '', []],
  ['only a count', '12', ['12']],
];
for (const [what, sent, messages] of cases) {
  test(`frames: ${what}`, () => {
    assert.deepEqual(texts(read([sent])), messages);
    const bytes = Buffer.from(sent);
    for (let at = 1; at < bytes.length; at++)
      assert.deepEqual(texts(read([bytes.subarray(0, at), bytes.subarray(at)])), messages, `in two pieces, at ${at}`);
    assert.deepEqual(texts(read(Array.from(bytes, (byte) => Buffer.from([byte])))), messages, 'a byte at a time');
  });
}

test('a message at the limit is whole, and one over it is cut with a flag, in both framings', () => {
  for (const counted of [true, false]) {
    const send = (text: string): string => (counted ? `${Buffer.byteLength(text)} ${text}` : `${text}\n`);
    const whole = `<13>${'x'.repeat(LIMITS.bytes - 4)}`;
    const [first, second, third] = read([send(whole), send(`${whole}y`), send('<13>z')]);
    assert.deepEqual([first?.text.length, first?.cut], [LIMITS.bytes, false]);
    assert.deepEqual([second?.text.length, second?.cut], [LIMITS.bytes, true]);
    assert.equal(second?.bytes, LIMITS.bytes + 1);
    assert.equal(third?.text, '<13>z');
  }
});

test('a message is not cut inside a character', () => {
  const [message] = read([`<13>${'€'.repeat(10)}\n`], endless, 12);
  assert.deepEqual(message && [message.text, message.cut, message.mended], ['<13>€€', true, false]);
});

test('what is not UTF-8 is mended, and said', () => {
  const [bad, good] = read([Buffer.from('<13>a\xffb\n', 'latin1'), '<13>ü\n']);
  assert.deepEqual(bad && [bad.text, bad.mended], ['<13>a\ufffdb', true]);
  assert.equal(good?.mended, false);
});

/** Counts what is held. */
function ledger(most: number): Budget & { held: number; peak: number } {
  return {
    held: 0,
    peak: 0,
    take(bytes) {
      if (this.held + bytes > most) return false;
      this.held += bytes;
      this.peak = Math.max(this.peak, this.held);
      return true;
    },
    give(bytes) {
      this.held -= bytes;
    },
  };
}

test('a promised length takes no memory: what came does, in proportion', () => {
  const budget = ledger(Infinity);
  const one = frames(budget);
  one.push(Buffer.from(`${16 * LIMITS.bytes} <13>hello`), () => assert.fail('nothing is complete'));
  assert.ok(budget.held <= 4096, String(budget.held));
  for (let sent = 0; sent < 20_000; sent++) one.push(Buffer.from('x'), () => assert.fail('nothing is complete'));
  assert.ok(budget.held <= 2 * 20_000 + 4096, String(budget.held));
  one.flush(() => {});
  assert.equal(budget.held, 0);
});

test('where all connections together hold enough, a message is cut at what there was room for, and the next one is whole', () => {
  const budget = ledger(10_000);
  const messages = read([`<13>${'x'.repeat(30_000)}\n<13>y\n`], budget);
  assert.deepEqual(
    messages.map(({ text, cut, bytes }) => [text.slice(0, 5), cut, bytes]),
    [
      ['<13>x', true, 30_004],
      ['<13>y', false, 5],
    ],
  );
  assert.equal(budget.held, 0);
  const none = read(['<13>abc\n<13>d\n'], ledger(0));
  assert.deepEqual(
    none.map(({ text, cut }) => [text, cut]),
    [
      ['', true],
      ['', true],
    ],
  );
});

const message = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => `<13>${text.replace(/[\0\r\n]/g, '')}x`);
const cuts = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 10 });

function inPieces(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => Math.min(place, bytes.length)), bytes.length].toSorted((a, b) => a - b);
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place));
}

test('law: what is framed comes out, however it is cut into pieces', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      fc.constantFrom('count', '\n', '\0', '\r\n'),
      cuts,
      (all, how, at) => {
        const sent = all.map((text) => (how === 'count' ? `${Buffer.byteLength(text)} ${text}` : `${text}${how}`));
        const found = read(inPieces(Buffer.from(sent.join('')), at));
        assert.deepEqual(
          found.map(({ text, cut, fault }) => [text, cut, fault]),
          all.map((text) => [text.toWellFormed(), false, false]),
        );
      },
    ),
    { seed: 1, numRuns: 1000 },
  );
});

test('law: of any bytes nothing throws, pieces do not matter, and every letter comes out', () => {
  const token = fc.constantFrom('<13>', '5 ', '12 <', '99999999 <', '\n', '\0', '\r\n', ' ', 'x', '-', '7 <13>', 'ü');
  fc.assert(
    fc.property(fc.array(fc.oneof(token, fc.string()), { maxLength: 20 }), cuts, (tokens, at) => {
      const sent = Buffer.from(tokens.join(''));
      const whole = read([sent]);
      assert.deepEqual(read(inPieces(sent, at)), whole);
      const letters = (text: string): number => text.replace(/[^x<>-]/g, '').length;
      const out = whole.reduce((sum, { text }) => sum + letters(text), 0);
      assert.equal(out, letters(sent.toString('utf8')));
    }),
    { seed: 1, numRuns: 2000 },
  );
});
