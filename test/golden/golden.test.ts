/**
 * Every `<folder>/<case>.log` is normalized as if it lay in /var/log and arrived on 1 March 2026, in Berlin, and must give
 * the events in `<case>.expected.json`, one a line.
 *
 * A new case is two new files and no code. `PORCHLIGHT_GOLDEN=write` writes what comes out, to be read and judged before it
 * is committed. Left out of the expectation, because the test checks them for every line: event.ingested, agent.id,
 * event.original.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { isoTime } from '#contract';
import { normalize, type NormalizeContext, PARSERS } from '#normalize';

const folder = new URL('./', import.meta.url);
const received = Date.UTC(2026, 2, 1, 12);
const source = { id: 'golden', agent: 'local', host: 'golden' };
const writing = process.env['PORCHLIGHT_GOLDEN'] === 'write';

type Shown = Record<string, unknown>;

/** The lines of one case come from one source: a parser may remember between them. */
const reader = (): ((line: string) => Shown) => {
  let counted: string[] = [];
  const context = { timezone: 'Europe/Berlin', count: (reason: string) => counted.push(reason) };
  return (line) => {
    counted = [];
    return show(line, context, counted);
  };
};

function show(line: string, context: NormalizeContext, counted: readonly string[]): Shown {
  const event = normalize({ source, received, text: line }, context);
  assert.ok(event, line);
  const { 'event.ingested': ingested, 'agent.id': agent, 'event.original': original, ...rest } = event;
  assert.equal(ingested, received);
  assert.equal(agent, 'local');
  if (!line.startsWith('{')) assert.equal(original ?? event['message'], line);
  const shown = { ...rest, '@timestamp': isoTime(event['@timestamp']) };
  return counted.length === 0 ? shown : { ...shown, counted };
}

const cases = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.log'))
  .toSorted();

for (const name of cases) {
  test(`golden ${name}`, () => {
    const lines = readFileSync(new URL(name, folder), 'utf8').split('\n').filter((line) => line !== '');
    assert.ok(lines.length > 0, 'the case holds a line');
    const actual = lines.map(reader());
    const file = new URL(name.replace(/\.log$/, '.expected.json'), folder);
    if (writing) writeFileSync(file, `${JSON.stringify(actual, null, 2)}\n`);
    const expected: unknown = JSON.parse(readFileSync(file, 'utf8'));
    assert.ok(Array.isArray(expected));
    assert.equal(expected.length, actual.length, 'one event a line');
    for (const [index, event] of actual.entries()) assert.deepEqual(event, expected[index], lines[index]);
  });
}

test('every parser has a golden folder', () => {
  for (const { name } of PARSERS) assert.ok(existsSync(new URL(`${name}/`, folder)), `test/golden/${name}`);
});

test('the expectations are not being written', () => {
  assert.equal(writing, false, 'PORCHLIGHT_GOLDEN=write was set: read the files that changed, then run again without it');
});
