/** What is read letter by letter for speed, against the expressions that say the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Fields, newFields } from '#contract';
import { setHashes } from './places.ts';
import { guidOf, numberIn, putData, short } from './record.ts';
import { levelOf } from './values.ts';

const of = (letters: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...letters.split('')), { minLength, maxLength }).map((all) => all.join(''));
const runs = { seed: 1, numRuns: 3000 };

const hex = (length: number): fc.Arbitrary<string> => of('0123456789abcdefABCDEFxı', length, length);
const guid = fc
  .tuple(fc.constantFrom('', '{', '{{'), hex(8), hex(4), hex(4), hex(4), hex(12), fc.constantFrom('', '}', '-'))
  .map(([open, one, two, three, four, five, close]) => `${open}${one}-${two}-${three}-${four}-${five}${close}`)
  .chain((text) => fc.constantFrom(text, text.replaceAll(/[xı]/g, 'a'), text.replaceAll(/[xıA-F]/g, '0')));

test('a GUID stands in braces and in lower case, and nothing else is one', (context) => {
  let guids = 0;
  fc.assert(
    fc.property(fc.oneof(guid, of('{}-0aA', 0, 40)), (text) => {
      const found = /^\{?([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\}?$/i.exec(text)?.[1];
      if (found !== undefined) guids++;
      assert.equal(guidOf(text), found === undefined ? text : `{${found.toLowerCase()}}`);
    }),
    runs,
  );
  context.diagnostic(`${guids} were`);
  assert.ok(guids > 300);
});

test('data whose name ends in guid is one', () => {
  const written = '01234567-89AB-CDEF-0123-456789ABCDEF';
  for (const name of ['ProcessGuid', 'SourceProcessGUID', 'guid', 'LogonGuID', 'Guide', 'uid', 'Gu\u0131d', '']) {
    const into = newFields();
    putData(into, name, written);
    assert.equal(into[name], /guid$/i.test(name) ? `{${written.toLowerCase()}}` : written, name);
  }
});

test('a number is decimal or hexadecimal, and of a process or a port', () => {
  fc.assert(
    fc.property(fc.oneof(of('0123456789', 0, 12), of('0xX1aFg', 0, 12), of('0', 1, 1)), (text) => {
      const expected = /^(?:\d{1,10}|0x[\da-f]{1,8})$/i.test(text) ? Number(text) : undefined;
      assert.equal(numberIn(text), expected, text);
    }),
    runs,
  );
  for (const text of ['0x1F', '0X1f', '4294967295', '0xffffffff', '0x', '', 'x1', '1x1'])
    assert.equal(numberIn(text), /^(?:\d{1,10}|0x[\da-f]{1,8})$/i.test(text) ? Number(text) : undefined, text);
});

const FIELDS: Readonly<Record<string, string>> = {
  MD5: 'process.hash.md5',
  SHA1: 'process.hash.sha1',
  SHA256: 'process.hash.sha256',
  IMPHASH: 'process.pe.imphash',
};

function hashesIn(text: string): Fields {
  const found = newFields();
  for (const pair of text.split(',')) {
    const [name = '', ...rest] = pair.split('=');
    const value = rest.join('=').toLowerCase();
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field !== undefined && /^[\da-f]{32,64}$/.test(value) && !/^0+$/.test(value)) found[field] = value;
  }
  return found;
}

test('hashes are those that are whole and known', (context) => {
  const value = fc.oneof(of('0123456789ABCDEFabcdef', 31, 65), fc.constant('0'.repeat(32)), of('0f=G', 0, 40));
  const pair = fc
    .tuple(fc.constantFrom('MD5', 'SHA1', 'SHA256', 'IMPHASH', 'SHA512', 'constructor', ''), value)
    .map(([name, text]) => `${name}=${text}`);
  const hashes = fc
    .array(fc.oneof({ weight: 5, arbitrary: pair }, { weight: 1, arbitrary: of('M=', 0, 3) }), { maxLength: 5 })
    .map((all) => all.join(','));
  let found = 0;
  fc.assert(
    fc.property(hashes, (text) => {
      const draft = newFields();
      setHashes(draft, 'process', text);
      found += Object.keys(draft).length;
      assert.deepEqual(draft, hashesIn(text));
    }),
    runs,
  );
  context.diagnostic(`${found} hashes`);
  assert.ok(found > 1000);
});

test('a sentence is one line with single blanks', () => {
  fc.assert(
    fc.property(of(' \t\n\u00a0ab', 0, 12), (text) => assert.equal(short(text), text.trim().replaceAll(/\s+/g, ' '))),
    runs,
  );
});

test('a level is a small number or a word', () => {
  for (const [written, level] of [
    [4, 4],
    [-0, 0],
    ['4', 4],
    [999, 999],
    [1000, undefined],
    [1.5, undefined],
    [-1, undefined],
    ['Warning', 3],
    [true, undefined],
  ] as const)
    assert.ok(Object.is(levelOf(written), level), String(written));
});
