import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Channel, channelAt } from './channel.ts';
import { beginning } from './place.ts';
import { stampOf } from './test-windows.ts';

const event = (id: number) => ({ id, stamp: stampOf(id), time: 0, text: '', isReadable: true });

function channelBehind(last: number): Channel {
  const channel = channelAt('System', beginning('System', 1, 0), () => 2);
  channel.begin();
  channel.event(event(last));
  return channel;
}

const nexts = (channel: Channel, newest: number, times: number): string =>
  Array.from({ length: times }, () => channel.caughtUp(newest).next).join(' ');

test('records that are there and do not come: reading begins anew once, and then the figures are not believed', () => {
  const channel = channelBehind(5);
  assert.equal(nexts(channel, 9, 5), 'on on on on again');
  channel.begin();
  channel.event(event(5));
  assert.equal(nexts(channel, 9, 12), Array.from({ length: 12 }, () => 'on').join(' '));
});

test('a log that grows while it is read makes nobody impatient', () => {
  const channel = channelBehind(5);
  for (let id = 6; id < 30; id++) {
    assert.equal(channel.caughtUp(id).next, 'on');
    channel.event(event(id));
  }
});

test('reading that began anew and brought records may begin anew later', () => {
  const channel = channelBehind(5);
  nexts(channel, 9, 5);
  channel.begin();
  for (const id of [5, 6]) channel.event(event(id));
  assert.equal(nexts(channel, 9, 5), 'on on on on again');
});

test('an empty log is told once, however often it is looked at', () => {
  const channel = channelBehind(5);
  const losses = [1, 2, 3].map(() => {
    channel.begin();
    return channel.caughtUp(undefined).loss?.kind;
  });
  assert.deepEqual(losses, ['cleared', undefined, undefined]);
  channel.begin();
  assert.deepEqual(channel.event(event(1)), { next: 'again', isNew: false }, 'and numbered anew it is not told again');
  assert.deepEqual(channel.begin(), { by: 'record', id: 0 });
});
