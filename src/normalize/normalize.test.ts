import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, LIMITS, type RawRecord, type SourceTag } from '#contract';
import { explain, normalize } from './index.ts';

const received = Date.UTC(2026, 2, 1, 12);
const source: SourceTag = { id: 'test', agent: 'local', host: 'nas' };

function run(
  record: Partial<RawRecord>,
  tag: Partial<SourceTag> = {},
): { event: Event | undefined; counted: string[] } {
  const counted: string[] = [];
  const context = { timezone: 'UTC', count: (reason: string) => counted.push(reason) };
  return { event: normalize({ source: { ...source, ...tag }, received, text: '', ...record }, context), counted };
}

function eventOf(record: Partial<RawRecord>, tag: Partial<SourceTag> = {}): Event {
  const { event } = run(record, tag);
  assert.ok(event);
  return event;
}

const FAILED = 'Feb 28 09:15:02 nas sshd[811]: Failed password for root from 203.0.113.7 port 40022 ssh2';

test('only a blank line is nothing', () => {
  for (const text of ['', ' ', '\t \r', '\u00a0']) assert.equal(run({ text }).event, undefined, JSON.stringify(text));
  for (const text of ['x', '\0', '{', '{}', '[]', '<', '-']) assert.ok(run({ text }).event, JSON.stringify(text));
  assert.ok(run({ fields: {} }).event);
});

test('the line itself is kept, unless the message is all of it', () => {
  assert.equal(eventOf({ text: FAILED })['event.original'], FAILED);
  assert.equal('event.original' in eventOf({ text: 'just words' }), false);
});

test('the source says who, where and in which zone', () => {
  const event = eventOf(
    { text: 'Feb 28 09:15:02 app: hello' },
    { path: '/var/log/messages', timezone: 'Asia/Tokyo', agent: 'attic' },
  );
  assert.equal(event['agent.id'], 'attic');
  assert.equal(event['host.name'], 'nas');
  assert.equal(event['log.file.path'], '/var/log/messages');
  assert.equal(new Date(event['@timestamp']).toISOString(), '2026-02-28T00:15:02.000Z');
  assert.equal(event['event.ingested'], received);
});

const DATASETS: readonly (readonly [text: string, path: string | undefined, dataset: string])[] = [
  [FAILED, undefined, 'system.auth'],
  [FAILED, '/var/log/syslog', 'system.syslog'],
  [FAILED, '/var/log/daemon.log', 'system.auth'],
  ['Feb 28 09:15:02 nas app: hello', '/var/log/auth.log.1', 'system.auth'],
  ['Feb 28 09:15:02 nas app: hello', '/var/log/secure-20260201', 'system.auth'],
  ['Feb 28 09:15:02 nas app: hello', '/srv/author/app.log', 'system.syslog'],
];

test('the file decides the dataset, then the program', () => {
  for (const [text, path, dataset] of DATASETS) {
    assert.equal(eventOf({ text }, path === undefined ? {} : { path })['event.dataset'], dataset, String(path));
  }
});

test('an unknown zone falls back and is counted', () => {
  const { event, counted } = run({ text: FAILED }, { timezone: 'Mars/Olympus' });
  assert.equal(event?.['@timestamp'], Date.UTC(2026, 1, 28, 9, 15, 2));
  assert.deepEqual(counted, ['unknown_timezone']);
});

test('a stamp years off counts as now, except where the lines are historic', () => {
  const record = { source, received, text: '1986-04-26T01:23:45Z nas app: old' };
  const live = run({ text: record.text });
  assert.equal(live.event?.['@timestamp'], received);
  assert.equal(live.event?.['porchlight.claimed_timestamp'], '1986-04-26T01:23:45.000Z');
  assert.deepEqual(live.counted, ['timestamp_implausible']);
  const historic = normalize(record, { timezone: 'UTC', historic: true, count: assert.fail });
  assert.equal(historic?.['@timestamp'], Date.UTC(1986, 3, 26, 1, 23, 45));
});

test('a cut record says so', () => {
  assert.deepEqual(eventOf({ text: 'half a li', cut: true })['log.flags'], ['truncated']);
  assert.deepEqual(eventOf({ text: '{"message":"half"}', cut: true })['log.flags'], ['truncated']);
});

test('a honeypot record is taken as it is, whatever its text quotes', () => {
  const said = {
    '@timestamp': '2026-03-01T11:59:00Z',
    'event.dataset': 'porchlight.honeypot',
    'event.action': 'input',
    message: FAILED,
    'labels.product': 'porchlight',
    'labels.service': 'honeypot',
  };
  const event = eventOf({ text: JSON.stringify(said) }, { type: 'honeypot' });
  assert.equal(event['@timestamp'], Date.UTC(2026, 2, 1, 11, 59));
  assert.equal(event['labels.service'], 'honeypot');
  assert.equal(event['process.name'], undefined);
  assert.equal(event['user.name'], undefined);
  const bare = eventOf({ text: JSON.stringify({ message: FAILED }) }, { type: 'honeypot' });
  assert.equal(bare['process.name'], undefined, 'even where it names no action');
});

test('a look at the machine is taken as it is', () => {
  const snapshot = JSON.stringify({ host: 'nas', processes: [{ name: '__proto__' }] });
  const said = {
    '@timestamp': '2026-03-01T11:59:00Z',
    'event.dataset': 'porchlight.snapshot',
    'event.kind': 'metric',
    'system.load.1': 0.42,
    message: 'load 0.42',
    'porchlight.snapshot': snapshot,
  };
  const { event, counted } = run({ text: JSON.stringify(said) }, { type: 'snapshot' });
  assert.equal(event?.['event.dataset'], 'porchlight.snapshot');
  assert.equal(event['porchlight.snapshot'], snapshot);
  assert.equal(event['system.load.1'], 0.42);
  assert.deepEqual(counted, []);
  const forged = eventOf({ fields: said });
  assert.equal(forged['event.dataset'], 'generic', 'from anybody else it is a claim');
});

test('nobody else can speak as the honeypot', () => {
  for (const product of ['porchlight', 'PorchLight', ['porchlight']]) {
    const fields = {
      'labels.product': product,
      labels: { service: 'honeypot' },
      'event.dataset': 'porchlight.honeypot',
    };
    const { event, counted } = run({ fields: { ...fields, 'event.action': 'connection-opened', message: 'm' } });
    assert.equal(event?.['labels.product'], 'generic');
    assert.deepEqual(event?.['porchlight.claimed_product'], product);
    assert.equal(event?.['event.dataset'], 'generic');
    assert.deepEqual(counted, ['claimed_our_voice', 'claimed_our_voice']);
  }
});

test('a type that is a program’s name reads lines without a tag', () => {
  const event = eventOf({ text: 'Invalid user pi from 203.0.113.7 port 22' }, { type: 'sshd' });
  assert.equal(event['process.name'], 'sshd');
  assert.equal(event['user.name'], 'pi');
});

test('names that JavaScript gives a meaning are names, and are counted', () => {
  const fields: unknown = JSON.parse(
    '{"__proto__":"a","constructor":{"prototype":"b"},"x.__proto__.y":1,"message":"m"}',
  );
  const { event, counted } = run({ fields: fields as Record<string, unknown> });
  assert.ok(event);
  assert.equal(Object.hasOwn(event, '__proto__'), true);
  assert.equal(event['__proto__'], 'a');
  assert.equal(event['constructor.prototype'], 'b');
  assert.equal(event['x.__proto__.y'], 1);
  assert.deepEqual(
    counted,
    Array.from({ length: 4 }, () => 'reserved_field_name'),
  );
  assert.equal('toString' in event, false);
  assert.equal(({} as Record<string, unknown>)['y'], undefined);
});

test('too deep is kept as text and too many are cut, both counted', () => {
  let deep: Record<string, unknown> = { end: true };
  for (let level = 0; level < 5000; level++) deep = { a: deep };
  const deepRun = run({ fields: deep });
  assert.deepEqual(deepRun.counted, ['too_deep']);
  assert.ok(Object.keys(deepRun.event ?? {}).every((key) => key.length < 100));
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, index]));
  const wideRun = run({ fields: wide });
  assert.deepEqual(wideRun.counted, ['too_many_fields']);
  assert.ok(Object.keys(wideRun.event ?? {}).length < LIMITS.fields + 20);
  assert.equal(wideRun.event?.['k0'], 0);
});

test('two spellings of one name: the first stays, the loss is counted', () => {
  const { event, counted } = run({ fields: { 'a.b': 1, a: { b: 2 } } });
  assert.equal(event?.['a.b'], 1);
  assert.deepEqual(counted, ['field_twice']);
});

const TIMES: readonly (readonly [value: unknown, time: string | undefined])[] = [
  [1772265600, '2026-02-28T08:00:00.000Z'],
  [1772265600.5, '2026-02-28T08:00:00.500Z'],
  [1772265600123, '2026-02-28T08:00:00.123Z'],
  ['1772265600123456', '2026-02-28T08:00:00.123Z'],
  ['2026-02-28T09:00:00+01:00', '2026-02-28T08:00:00.000Z'],
  ['2026-02-28 08:00:00', '2026-02-28T08:00:00.000Z'],
  ['Feb 28 08:00:00', '2026-02-28T08:00:00.000Z'],
  ['soon', undefined],
  [true, undefined],
  [-5, undefined],
  [null, undefined],
];

test('a sender’s time in any usual form', () => {
  for (const [value, time] of TIMES) {
    const { event, counted } = run({ fields: { ts: value, message: 'm' } });
    assert.equal(event?.['@timestamp'], time === undefined ? received : Date.parse(time), String(value));
    assert.deepEqual(counted, time === undefined ? ['timestamp_unreadable'] : [], String(value));
    assert.deepEqual(event['ts'], time === undefined ? value : undefined, 'what was not understood stays');
  }
});

test('repeats carry their weight', () => {
  const folded = 'Feb 28 09:15:02 nas sudo: message repeated 2 times: [ bob : 3 incorrect password attempts]';
  assert.equal(eventOf({ text: folded })['porchlight.repeat'], 6);
  const nested = `Feb 28 09:15:02 nas sshd[1]: ${'message repeated 2 times: [ '.repeat(1000)}${']'.repeat(1000)}`;
  assert.equal(eventOf({ text: nested })['porchlight.repeat'], 2);
});

test('explain names the framing and the parser', () => {
  const context = { timezone: 'UTC', count: assert.fail };
  const of = (text: string) => explain({ source, received, text }, context);
  assert.equal(of(FAILED)?.framing, 'rfc3164');
  assert.equal(of(FAILED)?.parser, 'sshd');
  assert.equal(of('2026-02-28T09:00:00Z nas app: x')?.framing, 'iso');
  assert.equal(of('words')?.parser, 'generic');
  assert.equal(of('{"a":1}')?.framing, 'object');
});
