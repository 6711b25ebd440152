import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { AlertMessage, EventId, EventMessage } from '#contract';
import type { CommitNotice } from './backend.ts';
import { anAlert, anEvent, fixtureApi, type FixtureBackend } from './backend.fixture.ts';
import { openStream, type OpenStream, type StreamFrame } from './http.fixture.ts';
import type { ApiLimits } from './limits.ts';

const NEVER = 3_600_000;

async function serve(t: TestContext, limits: Partial<ApiLimits>): Promise<{ port: number; backend: FixtureBackend }> {
  const { api, backend } = await fixtureApi({ limits });
  const { port } = await api.listen();
  t.after(() => api.close());
  return { port, backend };
}

/** A stream after its hello. */
async function watch(port: number, path?: string): Promise<OpenStream> {
  const stream = await openStream(port, path);
  assert.equal((await stream.next())?.event, 'hello');
  return stream;
}

function notice(batch: number, alertIds: string[], events = 0): CommitNotice {
  const first = Math.max(0, events - 50);
  const preview = Array.from({ length: events - first }, (_, at) => {
    const id: EventId = `${batch}-${first + at}`;
    return { id, event: anEvent(`event ${first + at}`) };
  });
  return { batch, alertIds, preview, eventCount: events, last: preview.at(-1)?.id };
}

function idsOf(frame: StreamFrame | undefined): string[] {
  assert.equal(frame?.event, 'alert');
  return (frame.data as AlertMessage).alerts.map(({ id }) => id);
}

function eventData(frame: StreamFrame | undefined): EventMessage {
  assert.equal(frame?.event, 'event');
  return frame.data as EventMessage;
}

test('the first message says which server it is and where it continues', async (t) => {
  const { port } = await serve(t, {});
  const stream = await openStream(port, '/api/stream', { 'last-event-id': '3' });
  assert.equal(stream.response.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(stream.response.headers['cache-control'], 'no-store');
  assert.ok(stream.response.headers['content-security-policy']);
  const hello = await stream.next();
  assert.deepEqual(hello, { id: 7, event: 'hello', data: { version: '0.1.0', started: '2025-11-30T11:00:00.000Z' } });
});

test('an alert does not wait for the interval, and runs ahead of the id', async (t) => {
  const { port, backend } = await serve(t, { streamInterval: NEVER });
  const stream = await watch(port);
  backend.alerts.set('2', anAlert('2', 30));
  backend.emit(notice(8, ['2'], 1));
  const frame = await stream.next();
  assert.equal(frame?.event, 'alert');
  assert.equal(frame.id, 7);
  assert.deepEqual(idsOf(frame), ['2']);
  assert.equal((frame.data as AlertMessage).alerts[0]?.evidence_omitted, 20);
});

test('the same alert again waits for the interval and goes out once, with its new state', async (t) => {
  const { port, backend } = await serve(t, { streamInterval: 300, streamAlertDelay: 0 });
  const stream = await watch(port);
  backend.emit(notice(8, ['1']));
  assert.deepEqual(idsOf(await stream.next()), ['1']);
  const reads = backend.calls.length;
  for (let batch = 9; batch < 20; batch++) backend.emit(notice(batch, ['1', '1']));
  backend.alerts.set('1', anAlert('1', 9));
  const frame = await stream.next();
  assert.equal(frame?.id, 19);
  assert.equal((frame.data as AlertMessage).alerts[0]?.count, 9);
  assert.equal(backend.calls.length, reads + 1);
});

test('an interval shows the newest 50 events, oldest first, and how many it leaves out', async (t) => {
  const { port, backend } = await serve(t, { streamInterval: 50 });
  const stream = await watch(port);
  backend.emit(notice(8, [], 30));
  backend.emit(notice(9, [], 45));
  const frame = await stream.next();
  assert.equal(frame?.id, 9);
  const { events, omitted, last } = eventData(frame);
  assert.deepEqual([events.length, omitted, last], [50, 25, '9-44']);
  assert.deepEqual([events[0]?.['event.id'], events.at(-1)?.['event.id']], ['8-25', '9-44']);
});

test('alerts and events of one interval: only the last message moves the id on', async (t) => {
  const { port, backend } = await serve(t, { streamInterval: 20, streamAlertDelay: NEVER });
  const stream = await watch(port);
  const many = Array.from({ length: 41 }, (_, at) => String(at + 1));
  for (const id of many) backend.alerts.set(id, anAlert(id));
  backend.emit(notice(8, many, 1));
  const frames = [await stream.next(), await stream.next(), await stream.next(), await stream.next()];
  assert.deepEqual(
    frames.map((frame) => [frame?.event, frame?.id]),
    [
      ['alert', 7],
      ['alert', 7],
      ['alert', 7],
      ['event', 8],
    ],
  );
  assert.deepEqual(frames.slice(0, 3).flatMap(idsOf), many);
});

test('events=0 gets alerts only, and the id moves on all the same', async (t) => {
  const { port, backend } = await serve(t, { streamInterval: 10 });
  const stream = await watch(port, '/api/stream?events=0');
  backend.emit(notice(8, [], 5));
  assert.deepEqual(await stream.next(), { id: 8, event: undefined, data: undefined });
  backend.emit(notice(9, ['1'], 5));
  assert.deepEqual(idsOf(await stream.next()), ['1']);
});

test('a second watcher is told the id up to which the first was sent', async (t) => {
  const { port, backend } = await serve(t, { streamInterval: NEVER, streamAlertDelay: NEVER });
  await watch(port);
  backend.emit(notice(8, [], 1));
  const second = await openStream(port);
  // Commit 8 waits for the interval and will still reach it.
  assert.equal((await second.next())?.id, 7);
});

test('a failed read of the store is counted and tried again: the alert is not lost', async (t) => {
  const { port, backend } = await serve(t, { streamInterval: 10, streamAlertDelay: 0 });
  const stream = await watch(port);
  const read = backend.store.alert.bind(backend.store);
  let failures = 2;
  Object.assign(backend.store, {
    alert: (id: string) => (failures-- > 0 ? Promise.reject(new Error('disk')) : read(id)),
  });
  backend.emit(notice(8, ['1'], 3));
  const seen: string[] = [];
  let id: number | undefined;
  while (id !== 8) {
    const frame = await stream.next();
    if (frame?.event === 'alert') seen.push('alert');
    if (frame?.event === 'event') seen.push(`${eventData(frame).events.length} events`);
    id = frame?.id;
  }
  assert.deepEqual(seen, ['alert', '3 events']);
  const failed =
    backend.counters.get('stream_reads_failed', 'urgent') + backend.counters.get('stream_reads_failed', 'interval');
  assert.equal(failed, 2);
});

test('nobody watches: nothing is listened to and nothing is read', async (t) => {
  const { port, backend } = await serve(t, { streamInterval: 1 });
  assert.equal(backend.listeners(), 0);
  const stream = await watch(port);
  assert.equal(backend.listeners(), 1);
  stream.close();
  while (backend.listeners() > 0) await new Promise(setImmediate);
  backend.emit(notice(8, ['1'], 1));
  assert.deepEqual(backend.calls, []);
});

test('a silent stream says that it lives', async (t) => {
  const { port } = await serve(t, { streamHeartbeat: 5 });
  const stream = await openStream(port);
  let text = '';
  stream.response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  while (!text.includes('\n:\n\n')) await once(stream.response, 'data');
});

test('how an agent stands goes out with the interval, once, and needs no commit', async (t) => {
  const { port, backend } = await serve(t, { streamInterval: 20 });
  const stream = await watch(port);
  const message = { name: 'attic', state: 'live', last_seen: '2026-03-14T12:00:00.000Z' } as const;
  backend.emitAgent({ ...message, state: 'silent' });
  backend.emitAgent(message);
  backend.emitAgent({ ...message, name: 'cellar', state: 'removed' });
  assert.deepEqual(await stream.next(), { id: 7, event: 'agent', data: message });
  assert.deepEqual(await stream.next(), {
    id: 7,
    event: 'agent',
    data: { ...message, name: 'cellar', state: 'removed' },
  });
  backend.emit(notice(8, [], 1));
  assert.equal((await stream.next())?.event, 'event');
  stream.close();
});
