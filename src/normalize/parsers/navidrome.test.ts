/** What is remembered between two lines of one request belongs to that request, and is bounded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newFields } from '#contract';
import { UTC_CLOCK } from '../zone.ts';
import { navidrome } from './navidrome.ts';
import type { Line } from './parser.ts';

const line = (source: string): Line => ({
  program: undefined,
  pid: undefined,
  host: undefined,
  time: undefined,
  message: '',
  clock: UTC_CLOCK,
  memory: { source },
});

const read = (at: Line, fields: Readonly<Record<string, string>>) =>
  navidrome.read?.(Object.assign(newFields(), fields), at);
const tried = (requestId: string, username: string) => ({ msg: 'Unsuccessful login', requestId, username });
const answered = (requestId: string) => ({
  msg: 'HTTP: POST http://music.example.org/auth/login',
  httpStatus: '401',
  remoteAddr: '203.0.113.7',
  requestId,
});

test('the name of an attempt goes to the answer of its own request, once', () => {
  const here = line('nas');
  read(here, tried('a', 'anna'));
  read(here, tried('b', 'ben'));
  assert.equal(read(here, answered('b'))?.['user.name'], 'ben');
  assert.equal(read(here, answered('b'))?.['user.name'], undefined);
  assert.equal(read(here, answered('a'))?.['user.name'], 'anna');
});

test('another source with the same request does not get it', () => {
  read(line('nas'), tried('a', 'anna'));
  assert.equal(read(line('other'), answered('a'))?.['user.name'], undefined);
});

test('a flood of names forgets the older ones and still answers', () => {
  const here = line('nas');
  for (let index = 0; index < 10_000; index++) read(here, tried(`r${index}`, `u${index}`));
  assert.equal(read(here, answered('r9999'))?.['user.name'], 'u9999');
  assert.equal(read(here, answered('r1'))?.['user.name'], undefined);
  assert.equal(read(here, answered('r1'))?.['event.outcome'], 'failure');
});
