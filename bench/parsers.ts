/**
 * Lines to events on one core, without anything around `normalize`: an auth.log, the mix of a house, and one row for each
 * parser's golden lines, so that a slow one shows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { normalize } from '#normalize';
import { generator } from './synthetic.ts';

export interface Rate {
  readonly what: string;
  readonly rate: number;
}

const golden = new URL('../test/golden/', import.meta.url);
const received = Date.UTC(2026, 2, 1, 12);

/** So often each line is read before the clock starts: what a process that has run for a minute does is measured, not its compiler. */
const WARM = 100;
const MOST_WARM = 200_000;

/** Lines per second of processor time, garbage collection included; the best of `rounds`. */
function rateOf(lines: readonly string[], count: number, rounds = 5): number {
  const context = { timezone: 'UTC', count: () => undefined };
  const source = { id: 'bench', agent: 'local', host: 'bench' };
  const run = (most: number): void => {
    for (let done = 0; done < most; done++) {
      normalize({ source, received, text: lines[done % lines.length] ?? '' }, context);
    }
  };
  run(Math.min(lines.length * WARM, MOST_WARM));
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    run(count);
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, (count / (user + system)) * 1e6);
  }
  return best;
}

const linesOf = (folder: string): string[] =>
  readdirSync(new URL(`${folder}/`, golden))
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(new URL(`${folder}/${name}`, golden), 'utf8').split('\n'))
    .filter((line) => line !== '');

export function authLog(seed: number, count: number): Rate {
  const { authLine } = generator(seed);
  const lines = Array.from({ length: 20_000 }, (_, index) => authLine(received - index));
  return { what: 'auth.log lines → events, one core', rate: rateOf(lines, count) };
}

/** Every golden line of every parser, in turn: what a house with all of these programs writes. */
export function mixed(count: number): Rate {
  const lines = folders().flatMap(linesOf);
  return { what: 'golden lines of all parsers → events, one core', rate: rateOf(lines, count) };
}

export const perParser = (count: number): Rate[] =>
  folders()
    .map((what) => ({ what, rate: rateOf(linesOf(what), count, 3) }))
    .toSorted((a, b) => a.rate - b.rate);

const folders = (): string[] =>
  readdirSync(golden, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

if (import.meta.main) {
  const rates = [authLog(1, 200_000), mixed(200_000), ...perParser(20_000)];
  for (const { what, rate } of rates) console.log(`${Math.round(rate).toLocaleString('en').padStart(10)}/s  ${what}`);
}
