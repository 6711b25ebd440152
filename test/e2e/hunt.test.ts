/** `porchlight hunt` as a person types it, over files of each kind. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runCli } from '../../src/app/cli.ts';
import type { Context } from '../../src/app/command.ts';
import { element, evtxChunk, evtxFile, slot, value } from '../../src/sources/evtx/writer.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'porchlight-hunt-'));
after(() => rmSync(home, { recursive: true }));

const file = (name: string, content: string | Buffer): string => {
  const path = join(home, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};

const RULES = join(home, 'rules');
const WHOAMI = '6c6b2c0e-4c5f-4c3e-9d55-111111111111';
const FAILED = '6c6b2c0e-4c5f-4c3e-9d55-222222222222';
const GUESSED = '6c6b2c0e-4c5f-4c3e-9d55-333333333333';
file(
  'rules/whoami.yml',
  `title: Who am I
id: ${WHOAMI}
level: high
tags: [attack.discovery, attack.t1033.001]
logsource: { category: process_creation, product: windows }
detection:
  selection: { Image|endswith: '\\whoami.exe' }
  condition: selection
`,
);
file(
  'rules/guessing.yml',
  `title: A failed login
id: ${FAILED}
name: failed
level: low
logsource: { product: linux, service: sshd }
detection:
  selection: { event.outcome: failure }
  condition: selection
---
title: Guessing
id: ${GUESSED}
level: medium
correlation:
  type: event_count
  rules: [failed]
  group-by: [source.ip]
  timespan: 1m
  condition: { gte: 3 }
`,
);

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly hits: readonly (readonly [file: string, record: number, rule: string])[];
}

interface World {
  readonly stdin?: readonly Uint8Array[];
  readonly isTerminal?: boolean;
  readonly signal?: AbortSignal;
}

async function hunt(args: readonly string[], { stdin = [], isTerminal = false, signal }: World = {}): Promise<Ran> {
  let [out, err] = ['', ''];
  async function* input(): AsyncGenerator<Uint8Array> {
    yield* stdin;
  }
  const context: Context = {
    environment: { PORCHLIGHT_DATA: join(home, 'data') },
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTerminal,
    columns: 100,
    stdin: input(),
    stdinIsTerminal: stdin.length === 0,
    uid: 1000,
    now: Date.now,
    signal: signal ?? new AbortController().signal,
  };
  const code = await runCli(['hunt', ...args], context);
  const lines = isTerminal ? [] : out.split('\n').filter((line) => line !== '');
  const hits = lines.map((line) => {
    const hit = JSON.parse(line) as { file: string; record: number; rule: { id: string; title: string } };
    return [hit.file.replace(`${home}/`, ''), hit.record, hit.rule.title] as const;
  });
  return { code, out, err, hits };
}

const withRules = (...args: readonly string[]): readonly string[] => ['--rules', RULES, ...args];

const started = (image: string, number = 7): object => ({
  Event: {
    System: {
      Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
      EventID: 1,
      TimeCreated: { '#attributes': { SystemTime: '2026-02-03T04:05:06.789Z' } },
      EventRecordID: number,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Computer: 'desk.example',
    },
    EventData: { Image: `C:\\Windows\\System32\\${image}.exe`, CommandLine: image },
  },
});
const records = [started('cmd'), started('whoami', 8), started('net'), started('whoami', 9)];
const jsonl = records.map((record) => `${JSON.stringify(record)}\n`).join('');
const pretty = records.map((record) => `${JSON.stringify(record, undefined, 2)}\n`).join('');

const TEMPLATE = element(
  'Event',
  { xmlns: ['http://schemas.microsoft.com/win/2004/08/events/event'] },
  element(
    'System',
    {},
    element('Provider', { Name: ['Microsoft-Windows-Sysmon'] }),
    element('EventID', {}, slot(0, 6)),
    element('TimeCreated', { SystemTime: [slot(1, 0x11)] }),
    element('EventRecordID', {}, slot(2, 10)),
    element('Channel', {}, 'Microsoft-Windows-Sysmon/Operational'),
    element('Computer', {}, 'desk.example'),
  ),
  element('EventData', {}, element('Data', { Name: ['Image'] }, slot(3))),
);
const written = Date.UTC(2026, 1, 3);
const log = evtxFile(
  Array.from({ length: 10 }, (_, chunk) =>
    evtxChunk(
      [0, 1].map((at) => {
        const id = 100 + 2 * chunk + at;
        const image = value.string(at === 1 ? 'C:\\Windows\\System32\\whoami.exe' : 'C:\\a.exe');
        const values = [value.number(6, 2, 1), value.time(written), value.number(10, 8, id), image];
        return { id, written, body: { template: TEMPLATE, values } };
      }),
    ),
  ),
);

const KINDS: readonly (readonly [name: string, content: string | Buffer, hits: readonly number[]])[] = [
  ['a.jsonl', jsonl, [2, 4]],
  ['pretty.json', pretty, [2, 4]],
  ['array.json', JSON.stringify(records), [2, 4]],
  ['one.json', JSON.stringify(records[1]), [1]],
  ['records.json', JSON.stringify({ Records: records }, undefined, 1), [1, 1]],
  ['packed.jsonl.gz', gzipSync(jsonl), [2, 4]],
  ['powershell.json', Buffer.from(`\ufeff${pretty}`, 'utf16le'), [2, 4]],
  ['sysmon.evtx', log, Array.from({ length: 10 }, (_, chunk) => 2 * chunk + 2)],
  ['blank.jsonl', `\n${jsonl.replaceAll('\n', '\r\n\r\n')}`, [4, 8]],
];

for (const [name, content, places] of KINDS) {
  test(`${name}, as a file and through a pipe`, async () => {
    const path = file(`kinds/${name}`, content);
    const ran = await hunt(withRules(path));
    assert.equal(ran.code, 0, ran.err);
    const expected = places.map((place) => [`kinds/${name}`, place, 'Who am I'] as const);
    assert.deepEqual(ran.hits, expected);
    const bytes = Buffer.from(content);
    const piped = await hunt(withRules('--threads', '0', '-'), { stdin: [bytes.subarray(0, 5), bytes.subarray(5)] });
    assert.deepEqual(
      piped.hits,
      expected.map(([, place, title]) => ['-', place, title] as const),
    );
  });
}

test('a line says rule, event, file and record', async () => {
  const path = file('kinds/a.jsonl', jsonl);
  const [line = ''] = (await hunt(withRules('--json', path))).out.split('\n');
  const { rule, event, ...place } = JSON.parse(line) as { rule: object; event: Record<string, unknown> };
  assert.deepEqual(rule, { id: WHOAMI, title: 'Who am I', level: 'high' });
  assert.deepEqual(place, { file: path, record: 2 });
  assert.equal(event['process.executable'], 'C:\\Windows\\System32\\whoami.exe');
  assert.equal(event['event.id'], '8');
  assert.equal(event['host.name'], 'desk.example');
});

test('a folder is looked through to its bottom; what is no log is counted', async () => {
  for (const name of ['b/1.jsonl', 'b/c/2.json', 'b/c/syslog.1']) file(`folder/${name}`, jsonl);
  file('folder/picture.png', 'no log');
  const { hits, err } = await hunt(withRules(join(home, 'folder')));
  assert.deepEqual(
    hits.map(([name, place]) => `${name}:${place}`),
    ['b/1.jsonl', 'b/c/2.json', 'b/c/syslog.1'].flatMap((name) => [`folder/${name}:2`, `folder/${name}:4`]),
  );
  assert.match(err, /1 file in folders passed over/);
});

test('rules named behind rules are rules', async () => {
  const { hits } = await hunt(['--rules', join(RULES, 'guessing.yml'), RULES, file('kinds/a.jsonl', jsonl)]);
  assert.deepEqual(
    hits.map(([, place]) => place),
    [2, 4],
  );
});

test('with several threads the output is the same, in the same order', async () => {
  const many = Array.from({ length: 4000 }, (_, at) =>
    JSON.stringify(started(at % 100 === 0 ? 'whoami' : `program-${at}`)),
  ).join('\n');
  const files = [file('many/1.jsonl', many), file('many/2.json', `[${many.replaceAll('\n', ',\n')}]`)];
  const [alone, together] = [
    await hunt(withRules('--threads', '0', ...files)),
    await hunt(withRules('--threads', '2', ...files)),
  ];
  assert.equal(alone.hits.length, 80);
  assert.equal(together.out, alone.out);
});

test('damaged records are named with their place, and passed over', async () => {
  const path = file('damaged.jsonl', jsonl.replace('"EventID":1', '"EventID":'));
  const { code, hits, err } = await hunt(withRules(path));
  assert.equal(code, 1);
  assert.deepEqual(
    hits.map(([, place]) => place),
    [2, 4],
  );
  assert.match(err, /damaged\.jsonl: record 1 is no JSON/);
  assert.match(err, /1 place is damaged or in doubt/);
});

test('a damaged event log: what can be read is looked through, and the place is named', async () => {
  const damagedLog = Buffer.from(log);
  damagedLog.fill(0xff, 4096 + 9 * 65_536, 4096 + 9 * 65_536 + 4096);
  const { code, hits, err } = await hunt(withRules(file('damaged.evtx', damagedLog)));
  assert.equal(code, 1);
  assert.deepEqual(
    hits.map(([, place]) => place),
    Array.from({ length: 9 }, (_, chunk) => 2 * chunk + 2),
  );
  assert.match(err, /damaged\.evtx: record 19 is damaged or in doubt: chunk at byte 593920 /);
});

const UNREADABLE: readonly (readonly [name: string, content: string | Buffer, reason: RegExp])[] = [
  ['cut.jsonl.gz', gzipSync(jsonl.repeat(50)).subarray(0, 200), /cannot be unpacked/],
  ['x.log', Buffer.from('a\0b'), /is not text/],
  ['x.zip.log', Buffer.from('PK\x03\x04rest'), /is a zip archive: unpack it first/],
];
for (const [name, content, reason] of UNREADABLE) {
  test(`${name} is refused in words, and the rest is looked through`, async () => {
    const { code, hits, err } = await hunt(withRules(file(`bad/${name}`, content), file('kinds/a.jsonl', jsonl)));
    assert.equal(code, 1);
    assert.match(err, reason);
    assert.equal(hits.filter(([place]) => place === 'kinds/a.jsonl').length, 2);
  });
}

const failure = (second: number, address: string): string =>
  `2026-02-03T04:05:${String(second).padStart(2, '0')}Z nas sshd[77]: Failed password for root from ${address} port 5000 ssh2\n`;

test('correlations see the events of all files in the order of their times', async () => {
  const [A, B] = ['203.0.113.7', '203.0.113.8'];
  const later = file('ssh/1.log', failure(40, A) + failure(50, A) + failure(30, B));
  const earlier = file('ssh/2.log', failure(10, A) + failure(5, B));
  const { hits, out } = await hunt(withRules(later, earlier));
  assert.deepEqual(hits, [['ssh/1.log', 2, 'Guessing']]);
  const { events } = JSON.parse(out) as { events: readonly object[] };
  assert.deepEqual(events, [
    { file: earlier, record: 1 },
    { file: later, record: 1 },
    { file: later, record: 2 },
  ]);
});

const CHOICES: readonly (readonly [args: readonly string[], titles: readonly string[]])[] = [
  [['--level', 'high'], ['Who am I']],
  [['--rule', WHOAMI.toUpperCase()], ['Who am I']],
  [['--rule', 'guessing'], ['Guessing']],
  [
    ['--rule', 'failed', '--rule', 'Who am I'],
    ['Who am I', 'A failed login', 'A failed login', 'A failed login'],
  ],
  [['--tag', 'attack.T1033'], ['Who am I']],
  [['--tag', 'attack.t10'], []],
];
for (const [args, titles] of CHOICES) {
  test(`chosen: ${args.join(' ')}`, async () => {
    const lines = [1, 2, 3].map((second) => failure(second, '203.0.113.7')).join('');
    const paths = [file('chosen/1.json', JSON.stringify(records[1])), file('chosen/2.log', lines)];
    const { hits, code } = await hunt(withRules(...args, ...paths));
    assert.equal(code, 0);
    assert.deepEqual(
      hits.map(([, , title]) => title),
      titles,
    );
  });
}

test('--no-mapping takes the names that are there', async () => {
  const flat = [{ Image: 'C:\\whoami.exe', a: { b: [1, 'x'] } }, { process: { executable: 'C:\\whoami.exe' } }];
  const path = file('flat.jsonl', flat.map((one) => `${JSON.stringify(one)}\n`).join('') + jsonl);
  const { hits, out } = await hunt(withRules('--no-mapping', path));
  assert.deepEqual(
    hits.map(([, place]) => place),
    [1, 4, 6],
  );
  const [line = ''] = out.split('\n');
  const { event } = JSON.parse(line) as { event: Record<string, unknown> };
  assert.deepEqual([event['Image'], event['a.b']], ['C:\\whoami.exe', [1, 'x']]);
});

test('on a terminal: a hit in words, made safe, and a table', async () => {
  const path = file('evil.json', JSON.stringify(started('\u001b[2Jx\\whoami')));
  const { out, err } = await hunt(withRules(path), { isTerminal: true });
  assert.match(out, /^high {10}Who am I {2}\S+evil\.json:1\n/);
  assert.ok(!out.includes('\u001b'));
  assert.match(err, /level {2}hits {2}files {2}rule\nhigh {6}1 {6}1 {2}Who am I/);
  assert.match(err, /high: 1 hit of 1 rule\n1 hit, 1 record in 1 file/);
});

test('stopped, it tells what was found so far', async () => {
  const stop = new AbortController();
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(jsonl.repeat(2000));
    yield Buffer.from(jsonl);
    stop.abort();
    await new Promise(() => undefined);
  }
  const context = { stdin: endless() };
  let [out, err] = ['', ''];
  const code = await runCli(['hunt', ...withRules('--threads', '0', '-')], {
    environment: { PORCHLIGHT_DATA: join(home, 'data') },
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTerminal: false,
    columns: 100,
    stdinIsTerminal: false,
    uid: 1000,
    now: Date.now,
    signal: stop.signal,
    ...context,
  });
  assert.equal(code, 130);
  assert.match(err, /Stopped: this is what was found so far\./);
});

const REFUSED: readonly (readonly [args: readonly string[], why: RegExp])[] = [
  [[], /name files or folders/],
  [['--level', 'loud', 'x'], /--level is one of informational, low/],
  [['--threads', 'all', 'x'], /--threads is a number/],
  [['--timezone', 'Mars', 'x'], /there is no time zone "Mars"/],
  [['--rules', join(home, 'kinds'), 'x.log'], /no rule in .*kinds/],
  [['--rules', RULES, join(home, 'rules', 'none')], /none/],
];
for (const [args, why] of REFUSED) {
  test(`not understood: ${args.slice(0, 2).join(' ')}`, async () => {
    const { code, err } = await hunt(args);
    assert.ok(code === 1 || code === 2);
    assert.match(err, why);
  });
}
