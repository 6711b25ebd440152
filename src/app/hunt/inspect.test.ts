/** What is said of a piece stands in the order of its records, whatever order they were looked at in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleDocument } from '#contract';
import { inspector } from './inspect.ts';
import type { Piece } from './piece.ts';

const rule = (category: string, number: number): RuleDocument => ({
  file: `${number}.yml`,
  line: 1,
  content: {
    title: category,
    id: `00000000-0000-4000-8000-00000000000${number}`,
    logsource: { product: 'windows', category },
    detection: { selection: { 'Image|endswith': '.exe' }, condition: 'selection' },
  },
});

const { inspect } = inspector({
  rules: [rule('process_creation', 1), rule('file_event', 2)],
  correlated: [],
  placeholders: {},
  mapping: true,
  host: 'h',
  timezone: 'UTC',
  now: 0,
});

const sysmon = (id: number): string =>
  JSON.stringify({
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
        EventID: id,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
      },
      EventData: { Image: `C:\\${id}.exe` },
    },
  });

const TEXTS = [sysmon(11), sysmon(1), '{"EventID": 1, "broken', sysmon(11), 'no JSON', sysmon(1), '{"EventID": 11, no'];
const FOUND = ['1 2', '2 1', '4 2', '6 1'];
const DAMAGED = [3, 7];

function jsonPiece(): Piece {
  const bytes = new TextEncoder().encode(TEXTS.join(' '));
  const ends = TEXTS.map((_, at) => TEXTS.slice(0, at + 1).join(' ').length);
  const spans = Uint32Array.from(TEXTS.flatMap((text, at) => [(ends[at] ?? 0) - text.length, ends[at] ?? 0]));
  return { format: 'json', bytes, spans, numbers: Uint32Array.from(TEXTS.keys(), (at) => at + 1), damage: [] };
}

const PIECES: readonly (readonly [what: string, piece: () => Piece, damaged: readonly number[]])[] = [
  ['lines', () => ({ format: 'jsonl', bytes: new TextEncoder().encode(TEXTS.join('\n')) }), DAMAGED],
  // Between records that were cut, a line of words is damage too.
  ['cut records', jsonPiece, [3, 5, 7]],
];

for (const [what, piece, damaged] of PIECES) {
  for (const isSequential of [false, true]) {
    test(`${what}, ${isSequential ? 'one after the other' : 'by kind'}`, () => {
      const { found, damage, records } = inspect(piece(), { file: 0, name: 'x', modified: undefined, isSequential });
      assert.deepEqual(
        found.map(({ record, rules }) => `${record} ${rules.map((id) => id.at(-1)).join()}`),
        FOUND,
      );
      assert.deepEqual(
        damage.map(({ record }) => record),
        damaged,
      );
      assert.equal(records, TEXTS.length - damaged.length);
    });
  }
}
