/** What `docs/rules.md` says of correlations is what the program does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { type Event, newFields } from '#contract';
import { compile } from '#detect';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/rules.md'), 'utf8');
const SECTION = PAGE.slice(PAGE.indexOf('## Correlations'));

function event(seconds: number, fields: Readonly<Record<string, string | number>>): Event {
  const time = seconds * 1000;
  const always = { '@timestamp': time, 'event.ingested': time, 'labels.service': 'fileserver' };
  return Object.assign(newFields(), always, fields);
}

test('the sample compiles and finds what it is for', () => {
  const sample = /```yaml\n([^`]+)```/.exec(SECTION)?.[1] ?? '';
  const documents = parseAllDocuments(sample).map((document) => ({
    file: 'docs/rules.md',
    line: 1,
    content: document.toJS() as unknown,
  }));
  const { detector, problems } = compile(documents);
  assert.deepEqual(problems, []);
  const copied = { 'event.action': 'copied', 'source.ip': '192.0.2.1', 'destination.bytes': 600_000_000 };
  const events = [
    event(0, copied),
    event(60, copied),
    event(120, { 'event.action': 'logout', 'client.ip': '192.0.2.1' }),
  ];
  const titles = events.map((one, at) =>
    detector
      .detect({ id: `1-${at}`, event: one })
      .matches.map(({ rule, values }) => `${rule.title} ${values['value']}`),
  );
  assert.deepEqual(titles, [[], [], ['Copied, then gone 2']]);
});

test('every type that is known is in the table', () => {
  const { problems } = compile([{ file: 'x', line: 1, content: { title: 'x', correlation: { type: 'none' } } }]);
  const types = /known: (.*)$/.exec(problems[0]?.reason ?? '')?.[1]?.split(', ') ?? [];
  assert.equal(types.length, 8);
  for (const type of types) assert.match(SECTION, new RegExp(`^\\| .*\`${type}\``, 'm'));
});
