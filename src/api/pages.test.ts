import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheControl, decodedPath, fileOf } from './pages.ts';

const files: readonly [url: string, file: string | undefined][] = [
  ['/', 'index.html'],
  ['/?q=a/../b', 'index.html'],
  ['/alerts/12', 'index.html'],
  ['/favicon.svg', 'favicon.svg'],
  ['/assets/index-B4x_9aQz.js', 'assets/index-B4x_9aQz.js'],
  ['/assets/%69ndex.js', 'assets/index.js'],
  ['//', undefined],
  ['//evil.example/x.js', undefined],
  ['/alerts/', undefined],
  ['/../secret', undefined],
  ['/..%2fsecret', undefined],
  ['/%2e%2e/secret', undefined],
  ['/%252e%252e/secret', undefined],
  ['/assets/../../secret.txt', undefined],
  ['/assets/.hidden.js', undefined],
  ['/.git/config', undefined],
  ['/..\\secret', undefined],
  ['/%5c..%5csecret', undefined],
  ['/index.html%00.js', undefined],
  ['/C:/secret', undefined],
  ['/%zz', undefined],
  ['secret', undefined],
];

for (const [url, file] of files) {
  test(`${url} is ${file ?? 'nothing'}`, () => {
    const path = decodedPath(url);
    assert.equal(path === undefined ? undefined : fileOf(path), file);
  });
}

const caching: readonly [file: string, cache: RegExp][] = [
  ['assets/index-B4x_9aQz.js', /immutable/],
  ['assets/logo.svg', /^no-cache$/],
  ['index.html', /^no-cache$/],
];

for (const [file, cache] of caching) test(`${file}: ${cache.source}`, () => assert.match(cacheControl(file), cache));
