import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aroundEvent, trialName, trialProgress, trialScope, trialSentence, trialTold } from './backtest.ts';

const day = (hits: number) => ({ day: '2026-03-14', hits });

for (const [found, said] of [
  [{ events: 0, hits: 0, days: [day(0)] }, 'Nothing is kept of that time'],
  [{ events: 9, hits: 0, days: [day(0)] }, 'It would not have matched'],
  [{ events: 9, hits: 1, days: [day(1)] }, '1 hit on 1 of 1 day'],
  [{ events: 9000, hits: 1204, days: [day(0), day(1200), day(4)] }, '1,204 hits on 2 of 3 days'],
] as const)
  test(said, () => assert.equal(trialSentence(found), said));

for (const [alerts, pushes, said] of [
  [0, 0, 'No alert would have come of it.'],
  [1, 0, 'It would have opened 1 alert and sent nothing: alerts of high and higher are pushed.'],
  [12, 1, 'It would have opened 12 alerts and sent 1 message to each channel: alerts of high and higher are pushed.'],
] as const)
  test(said, () =>
    assert.equal(trialTold({ alert_count: alerts, push_count: pushes }, { notify_level: 'high' }), said),
  );

test('what was looked at, and what the button is called', () => {
  assert.equal(trialScope({ events: 1, hits: 0, days: [day(0)] }), '1 event looked at');
  assert.equal(
    trialScope({ events: 200_034, hits: 86, days: [day(1), day(85)] }),
    '200,034 events looked at, at most 85 hits a day',
  );
  assert.equal(trialName('-30d'), 'Try it on the last 30 days');
});

test('progress never passes its end', () => {
  assert.equal(trialProgress({ total: 286_410 }, 120_000), '41 %, 120,000 of 286,410 events');
  assert.equal(trialProgress({ total: 0 }, 3), '100 %, 3 of 0 events');
});

test('a link to what happened around an event, whatever its machine is called', () => {
  const event = { '@timestamp': '2026-03-14T12:00:00.000Z', 'host.name': 'a"b\\' };
  const url = new URL(aroundEvent(event), 'http://localhost');
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    q: 'host.name:"a\\"b\\\\"',
    from: '2026-03-14T11:59:30.000Z',
    to: '2026-03-14T12:00:30.001Z',
  });
  assert.equal(new URL(aroundEvent({ '@timestamp': event['@timestamp'] }), url).searchParams.get('q'), '');
});
