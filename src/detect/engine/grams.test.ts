import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GRAM, gramOf, gramShare, PAIR_SIZE, SHORT_GRAM } from './grams.ts';

const share = (gram: string): number => gramShare(Buffer.from(gram), 0, gram.length);

for (const [common, rare] of [
  ['.exe', 'curl'],
  ['32\\s', 'fsut'],
  ['seri', 'zqjk'],
  ['c:\\', 'psq'],
  [' -', '-e'],
] as const) {
  test(`'${common}' stands in more texts than '${rare}'`, () => {
    assert.ok(share(common) > share(rare), `${share(common)} and ${share(rare)}`);
  });
}

for (const size of [PAIR_SIZE, SHORT_GRAM, GRAM]) {
  test(`of ${size} bytes neither case nor what comes after them counts`, () => {
    const [one, other] = ['cmd.exe', 'CMD.EXE'].map((text) => Buffer.from(text.slice(0, size).padEnd(8, text)));
    assert.ok(one !== undefined && other !== undefined);
    other[size] = 0;
    assert.equal(gramOf(one, 0, size), gramOf(other, 0, size));
    other[size - 1] = 1;
    assert.notEqual(gramOf(one, 0, size), gramOf(other, 0, size));
  });
}
