/**
 * Logs with the events that Filebeat's modules make of them. Where both sides know an ECS key, nearly all must say the same; what
 * differs, and which keys only Filebeat has, is reported. A list of one value and the value are the same here: Filebeat
 * writes both.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { normalize } from '#normalize';
import { corpus, needsCorpus, read } from './corpus.ts';

/** Filebeat's own bookkeeping, and what only its reader and its databases know. */
const ITS_OWN =
  /^(fileset|input|service\.type|related|event\.(kind|module|timezone)|log\.(offset|flags)|source\.(geo|as)|user_agent\.(?!original))/;
const BAR = 0.95;

type Expected = Record<string, unknown>;

/** Filebeat's records begin at `log.offset` bytes: several lines may be one event. */
function recordsOf(log: Buffer, expected: readonly Expected[]): string[] {
  const starts = expected.map((event) => Number(event['log.offset']));
  return starts.map((start, index) => {
    const newline = log.indexOf('\n', start);
    const last = index === starts.length - 1;
    const end = last ? (newline === -1 ? log.length : newline) : (starts[index + 1] ?? log.length);
    return log.toString('utf8', start, end).replace(/\n$/, '');
  });
}

interface Tally {
  equal: number;
  readonly wrong: string[];
  readonly onlyTheirs: Set<string>;
}

const plain = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value);

function compare(file: string, text: string, expected: Expected, tally: Tally): void {
  const stamp = typeof expected['@timestamp'] === 'string' ? Date.parse(expected['@timestamp']) : Date.UTC(2026, 5, 1);
  const source = { id: 'corpus', agent: 'local', host: 'reader', path: `/var/log/${file.split('_')[0]}/${file}` };
  const context = { timezone: String(expected['event.timezone'] ?? 'UTC'), count: () => undefined };
  const event = normalize({ source, text, received: stamp + 3_600_000 }, context);
  assert.ok(event);
  for (const [key, value] of Object.entries(expected)) {
    if (ITS_OWN.test(key)) continue;
    const ours = key === 'host.hostname' ? event['host.name'] : key === 'event.original' ? text : event[key];
    const theirs = key === '@timestamp' ? stamp : value;
    if (ours === undefined) {
      tally.onlyTheirs.add(key);
      continue;
    }
    const same = key === 'log.file.path' ? String(ours).endsWith(String(value)) : plain(ours) === plain(theirs);
    if (same) tally.equal++;
    else tally.wrong.push(`${key}: ours ${plain(ours)}, theirs ${plain(theirs)}\n    ${text.slice(0, 200)}`);
  }
}

test('events hold the values that Filebeat reads', needsCorpus, (t) => {
  const logs = readdirSync(join(corpus ?? '', 'ecs')).filter((name) => name.endsWith('.log'));
  assert.ok(logs.length >= 12, `the corpus holds ${logs.length} logs`);
  const all: Tally = { equal: 0, wrong: [], onlyTheirs: new Set() };
  for (const file of logs) {
    const log = Buffer.from(read('ecs', file));
    const expected: unknown = JSON.parse(read('ecs', file.replace(/\.log$/, '.expected.json')));
    assert.ok(Array.isArray(expected));
    const tally: Tally = { equal: 0, wrong: [], onlyTheirs: new Set() };
    for (const [index, text] of recordsOf(log, expected).entries()) compare(file, text, expected[index] ?? {}, tally);
    t.diagnostic(
      `${file}: ${tally.equal} equal, ${tally.wrong.length} not; only theirs: ${[...tally.onlyTheirs].join(' ')}`,
    );
    for (const one of tally.wrong) t.diagnostic(`  ${one}`);
    if (file.startsWith('system_')) assert.deepEqual(tally.wrong, [], file);
    all.equal += tally.equal;
    all.wrong.push(...tally.wrong);
  }
  const share = all.equal / (all.equal + all.wrong.length);
  t.diagnostic(`${all.equal} of ${all.equal + all.wrong.length} values, ${(100 * share).toFixed(1)} %`);
  assert.ok(share >= BAR, `${(100 * share).toFixed(1)} % of the values are equal`);
});
