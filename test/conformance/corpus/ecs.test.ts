/** Linux logs with the events that Filebeat's system module makes of them: where both know an ECS key, both say the same. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { normalize } from '#normalize';
import { corpus, needsCorpus, read } from './corpus.ts';

/** Filebeat's own bookkeeping, and what only its reader and its databases know. */
const ITS_OWN =
  /^(fileset|input|service\.type|related|event\.(kind|module|timezone)|log\.(offset|flags)|source\.(geo|as))/;

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

function differences(file: string, text: string, expected: Expected): string[] {
  const stamp = typeof expected['@timestamp'] === 'string' ? Date.parse(expected['@timestamp']) : Date.UTC(2026, 5, 1);
  const source = { id: 'corpus', agent: 'local', host: 'reader', path: `/logs/${file}` };
  const event = normalize(
    { source, text, received: stamp + 3_600_000 },
    { timezone: String(expected['event.timezone'] ?? 'UTC'), count: (reason) => assert.fail(reason) },
  );
  assert.ok(event);
  const found: string[] = [];
  for (const [key, value] of Object.entries(expected)) {
    if (ITS_OWN.test(key)) continue;
    const ours = key === '@timestamp' ? event[key] : key === 'host.hostname' ? event['host.name'] : event[key];
    if (ours === undefined) continue;
    const theirs = key === '@timestamp' ? stamp : value;
    const same =
      key === 'log.file.path' ? String(ours).endsWith(String(value)) : JSON.stringify(ours) === JSON.stringify(theirs);
    if (!same) found.push(`${text}\n  ${key}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`);
  }
  return found;
}

test('system.auth and system.syslog events hold the values that Filebeat reads', needsCorpus, (t) => {
  const logs = readdirSync(join(corpus ?? '', 'ecs')).filter((name) => /^system_.*\.log$/.test(name));
  assert.ok(logs.length >= 4, 'the corpus holds the system module');
  let events = 0;
  for (const file of logs) {
    const log = Buffer.from(read('ecs', file));
    const expected: unknown = JSON.parse(read('ecs', file.replace(/\.log$/, '.expected.json')));
    assert.ok(Array.isArray(expected));
    const texts = recordsOf(log, expected);
    const wrong = texts.flatMap((text, index) => differences(file, text, expected[index] ?? {}));
    assert.deepEqual(wrong, [], file);
    events += texts.length;
  }
  t.diagnostic(`${logs.length} files, ${events} events`);
});
