import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAgent, fixtureBackend } from './backend.fixture.ts';
import { exposition } from './prometheus.ts';

const LINE =
  /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-zA-Z_:][\w:]*(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})? -?[\d.e+-]+)$/;

test('every line is a line of the format, and hostile labels stay labels', () => {
  const backend = fixtureBackend();
  backend.counters.add('records dropped!', 'a"b\\c\nporchlight_events_total 0', 3);
  backend.counters.add('http_refused', 'UNAUTHORIZED', 2);
  backend.counters.add('seen_total', '');
  const text = exposition(backend, { streamClients: 5, residentBytes: 1000, agents: [anAgent] });
  assert.equal(text.at(-1), '\n');
  for (const line of text.trimEnd().split('\n')) assert.match(line, LINE);
  const lines = text.split('\n');
  for (const expected of [
    'porchlight_events_total 42',
    'porchlight_batch 7',
    'process_resident_memory_bytes 1000',
    'porchlight_stream_clients 5',
    'porchlight_source_records_total{source="file:/var/log/auth.log"} 3',
    'porchlight_records_dropped__total{label="a\\"b\\\\c\\nporchlight_events_total 0"} 3',
    'porchlight_http_refused_total{label="UNAUTHORIZED"} 2',
    'porchlight_seen_total{label=""} 1',
    'porchlight_agent_up{agent="attic"} 1',
    'porchlight_agent_records_lost_total{agent="attic"} 4',
    'porchlight_agent_spool_records{agent="attic"} 3',
    'porchlight_agent_records_total{agent="attic",source="file:/var/log/auth.log",stage="read"} 10',
    'porchlight_agent_records_total{agent="attic",source="file:/var/log/auth.log",stage="stored"} 7',
    'porchlight_agent_records_dropped_total{agent="attic",source="file:/var/log/auth.log",reason="blank"} 1',
  ]) {
    assert.ok(lines.includes(expected), expected);
  }
});

test('a family is described once, however many samples it has', () => {
  const backend = fixtureBackend();
  backend.counters.add('http_refused', 'UNAUTHORIZED');
  backend.counters.add('seen', 'a');
  backend.counters.add('http_refused', 'FORBIDDEN');
  const types = exposition(backend, {
    streamClients: 0,
    residentBytes: 0,
    agents: [anAgent, { ...anAgent, name: 'cellar' }],
  })
    .split('\n')
    .filter((line) => line.startsWith('# TYPE'));
  assert.equal(new Set(types).size, types.length);
});
