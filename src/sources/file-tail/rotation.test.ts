import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byAge } from './age.ts';
import { countOf } from './rotation.ts';
import type { Sibling } from './siblings.ts';

const COUNTS: readonly (readonly [name: string, count: number | undefined])[] = [
  ['auth.log', 0],
  ['auth.log.1', 1],
  ['auth.log.12.gz', 12],
  ['auth.log-3', 3],
  ['auth.log-20261120', undefined],
  ['auth.log.2026-11-20', undefined],
  ['auth.log.1.bak', undefined],
  ['other.log.1', undefined],
];
for (const [name, count] of COUNTS)
  test(`${name} is counted as ${count}`, () => assert.equal(countOf('auth.log', name), count));

const LOG = '/var/log/auth.log';
const file = (end: string, modified: number): Sibling => ({
  path: `${LOG}${end}`,
  identity: end,
  size: 1,
  bytes: 1,
  modified,
  head: Buffer.from(end),
  isPacked: end.endsWith('.gz'),
});

/** Names and when they were last written, in s; the last column is from the oldest. */
const AGES: readonly (readonly [what: string, found: Readonly<Record<string, number>>, oldest: string])[] = [
  ['counted', { '': 50, '.1': 40, '.2': 30, '.3': 20 }, '.3 .2 .1 '],
  ['counted within a tick', { '': 50, '.1': 50, '.10': 50, '.9': 50 }, '.10 .9 .1 '],
  ['dated when compressed', { '': 50, '.1': 40, '.2.gz': 41, '.3.gz': 31 }, '.3.gz .2.gz .1 '],
  ['counted upwards, as some programs do', { '': 50, '.1': 10, '.2': 20, '.3': 30 }, '.1 .2 .3 '],
  ['dated names', { '': 50, '-20261119': 20, '-20261118': 10, '-20261120': 30 }, '-20261118 -20261119 -20261120 '],
  ['a name of another kind among them', { '': 50, '.1': 40, '-20261119': 20, '.2': 10 }, '.2 -20261119 .1 '],
  ['the log was not written since', { '': 5, '.1': 40, '.2': 30 }, '.2 .1 '],
];
for (const [what, found, oldest] of AGES)
  test(`by age: ${what}`, () => {
    const files = Object.entries(found).map(([end, seconds]) => file(end, seconds * 1000));
    const order = byAge(files, LOG).map(({ identity }) => identity);
    assert.equal(order.join(' '), oldest);
  });
