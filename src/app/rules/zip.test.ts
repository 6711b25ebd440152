import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { zipOf, type ZipEntry } from './zip.fixture.ts';
import { readZip, ZipRefusal } from './zip.ts';

const LIMITS = { entries: 10, fileBytes: 1000, bytes: 1500 };
const all = (_name: string): boolean => true;

const textsOf = (archive: Buffer, wanted = all): Record<string, string> =>
  Object.fromEntries(
    [...readZip(archive, wanted, LIMITS)].map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
  );

test('stored and deflated files, in folders, with a comment behind; what is not wanted is left alone', () => {
  const archive = zipOf(
    [
      { name: 'rules/', text: '', method: 0 },
      { name: 'rules/a.yml', text: 'title: A'.repeat(50) },
      { name: 'rules/deep/ü.yml', text: 'title: Ü', method: 0, flags: 1 << 11 },
      { name: 'rules/none.yml', text: '' },
      { name: 'LICENSE', text: 'x'.repeat(5000) },
    ],
    'PK\u0005\u0006 is in this comment as well',
  );
  assert.deepEqual(
    textsOf(archive, (name) => name.endsWith('.yml')),
    {
      'rules/a.yml': 'title: A'.repeat(50),
      'rules/deep/ü.yml': 'title: Ü',
      'rules/none.yml': '',
    },
  );
});

/** [what, entries, reason] */
const HOSTILE: readonly (readonly [string, readonly ZipEntry[], RegExp])[] = [
  ['a way up', [{ name: '../x.yml', text: 'x' }], /leads out of the folder: "\.\.\/x\.yml"/],
  ['a way up in the middle', [{ name: 'a/../../x.yml', text: 'x' }], /leads out/],
  ['a way up with backslashes', [{ name: '..\\x.yml', text: 'x' }], /leads out/],
  ['the root', [{ name: '/etc/x.yml', text: 'x' }], /leads out/],
  ['a drive', [{ name: 'C:x.yml', text: 'x' }], /leads out/],
  ['a NUL in a name', [{ name: 'a.yml\0.txt', text: 'x' }], /control characters/],
  ['an empty name', [{ name: '', text: 'x' }], /empty or too long/],
  ['a name without end', [{ name: `${'a'.repeat(2000)}.yml`, text: 'x' }], /empty or too long/],
  ['a symbolic link', [{ name: 'a.yml', text: '/etc/passwd', mode: 0o120777 }], /symbolic link: "a\.yml"/],
  ['encryption', [{ name: 'a.yml', text: 'x', flags: 1 }], /encrypted/],
  ['another packing', [{ name: 'a.yml', text: 'x', method: 12 }], /\(12\)/],
  ['the same name twice', Array.from({ length: 2 }, () => ({ name: 'a.yml', text: 'x' })), /twice/],
  ['a large file', [{ name: 'a.yml', text: 'x'.repeat(1001) }], /1001 bytes; 1000 are the most/],
  ['too much in all', ['a', 'b'].map((name) => ({ name, text: 'x'.repeat(900) })), /more than 1500 bytes/],
  [
    'a bomb that says it is small',
    [{ name: 'a.yml', text: '0'.repeat(50_000_000), size: 900 }],
    /damaged, or larger than the directory says/,
  ],
  ['less than it says', [{ name: 'a.yml', text: 'x', size: 900 }], /not what the directory says/],
  ['another content than it says', [{ name: 'a.yml', text: 'x', crc: 1 }], /not what the directory says/],
  ['too many', Array.from({ length: 11 }, (_, i) => ({ name: `${i}.yml`, text: 'x' })), /11 entries; 10 are the most/],
];

for (const [what, entries, reason] of HOSTILE)
  test(`refused: ${what}`, () => {
    assert.throws(
      () => textsOf(zipOf(entries)),
      (error) => error instanceof ZipRefusal && reason.test(error.message),
    );
  });

test('a hostile name is refused wherever it stands, before anything is given', () => {
  const archive = zipOf([
    { name: 'a.yml', text: 'x' },
    { name: '../b.txt', text: 'x' },
  ]);
  const given: string[] = [];
  assert.throws(() => {
    const isRule = (name: string): boolean => name.endsWith('.yml');
    for (const file of readZip(archive, isRule, LIMITS)) given.push(file.name);
  }, ZipRefusal);
  assert.deepEqual(given, []);
});

test('whatever is cut off or changed: the same files, or a refusal, and nothing else', () => {
  const files = { 'a.yml': 'title: A\n'.repeat(20), 'b/c.yml': 'title: C' };
  const archive = zipOf(Object.entries(files).map(([name, text]) => ({ name, text })));
  const read = (bytes: Buffer): void => {
    try {
      for (const [name, text] of Object.entries(textsOf(bytes)))
        if (Object.hasOwn(files, name)) assert.equal(text, files[name as keyof typeof files]);
    } catch (error) {
      assert.ok(error instanceof ZipRefusal, String(error));
    }
  };
  for (let end = 0; end < archive.length; end++) read(archive.subarray(0, end));
  fc.assert(
    fc.property(fc.nat(archive.length - 1), fc.nat(255), (at, byte) => {
      const bytes = Buffer.from(archive);
      bytes[at] = byte;
      read(bytes);
    }),
    { seed: 1, numRuns: 3000 },
  );
});
