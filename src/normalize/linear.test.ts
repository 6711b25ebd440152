/**
 * No parser may cost more than a look at each character. Every golden line of every parser is pumped up: each of its words, and
 * each run of three, is repeated in its place until the line has 8, 16 and 32 thousand characters. Twice the text may
 * take about twice the time; a pattern that tries every split takes four times as long.
 *
 * Only this thread's own processor time counts, only the shortest of several runs, and nothing under `FREE` is judged. A pump
 * that looks bad is measured again before it fails.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { normalize, type Parser, PARSERS } from './index.ts';

const SIZES = [8192, 16_384, 32_768] as const;
/** ms for 32 kB: thirty characters a microsecond need one. */
const FREE = 2;
/** Twice the text: linear is 2, quadratic is 4. Both steps must be steep. */
const MOST = 2.9;
const golden = new URL('../../test/golden/', import.meta.url);
const received = Date.UTC(2026, 2, 1, 12);
const context = { timezone: 'UTC', count: () => undefined };
const source = { id: 'linear', agent: 'local', host: 'linear' };

function goldenLines({ name }: Parser): string[] {
  const folder = new URL(`${name}/`, golden);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .flatMap((file) => readFileSync(new URL(file, folder), 'utf8').split('\n'))
    .filter((text) => text !== '' && text.length < 2000);
}

/** The message with one piece repeated until it is `size` long. */
function pumped(pieces: readonly string[], at: number, count: number, size: number): string {
  const piece = pieces.slice(at, at + count).join('');
  const before = pieces.slice(0, at).join('');
  const after = pieces.slice(at + count).join('');
  return before + piece.repeat(Math.ceil(size / Math.max(1, piece.length))) + after;
}

type Cost = (text: string) => void;

function shortest(cost: Cost, text: string, runs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const { user } = process.threadCpuUsage();
    cost(text);
    best = Math.min(best, (process.threadCpuUsage().user - user) / 1000);
  }
  return best;
}

function complaint(cost: Cost, textOf: (size: number) => string): string | undefined {
  let found: string | undefined;
  for (let attempt = 0; attempt < 3; attempt++) {
    found = measured(cost, textOf);
    if (found === undefined) return undefined;
  }
  return found;
}

function measured(cost: Cost, textOf: (size: number) => string): string | undefined {
  const long = textOf(SIZES[2]);
  if (shortest(cost, long, 1) < FREE || shortest(cost, long, 3) < FREE) return undefined;
  if (shortest(cost, long, 2) > 20 * FREE) return `more than ${20 * FREE} ms`;
  const [small = 0, middle = 0, large = 0] = SIZES.map((size) => shortest(cost, textOf(size), 9));
  const steep = middle > MOST * small && large > MOST * middle;
  return steep ? `${[small, middle, large].map((ms) => ms.toFixed(2)).join(', ')} ms` : undefined;
}

const understand: Cost = (text) => void normalize({ source, received, text }, context);

for (const parser of PARSERS) {
  test(`${parser.name} takes one look`, () => {
    const seen = new Set<string>();
    for (const text of goldenLines(parser)) {
      const pieces = text.match(/\s+|[^\s\w]|\w+/g) ?? [];
      for (let at = 0; at < pieces.length; at++) {
        for (const count of [1, 3]) {
          // The same piece in front of the same end was pumped already, in another line of this kind.
          const key = `${pieces.slice(0, 3).join('')}|${pieces.slice(at, at + count).join('')}`;
          if (seen.has(key)) continue;
          seen.add(key);
          const found = complaint(understand, (size) => pumped(pieces, at, count, size));
          assert.equal(
            found,
            undefined,
            `${JSON.stringify(pieces.slice(at, at + count).join(''))} in ${text}: ${found}`,
          );
        }
      }
    }
  });
}

test('what tries every split is found out', () => {
  const slow: Cost = (text) => void /\d+x$/.test(text.slice(0, text.length / 4));
  assert.ok(complaint(slow, (size) => `${'1'.repeat(size)} `) !== undefined);
});
