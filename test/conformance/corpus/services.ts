/**
 * Real lines of many applications, each with what a good parser reads from it, scored key by key: with the declared type as
 * a hint, and without.
 *
 * Without the hint `process.name` only counts where the line holds it, and a line that could be any web server's may be any
 * web server's. What the corpus has plainly wrong stands in `exceptions.json` with the reason, and does not count.
 */
import { readFileSync } from 'node:fs';
import type { Event } from '#contract';
import { normalize } from '#normalize';
import { read } from './corpus.ts';

export interface Row {
  readonly case: string;
  readonly type: string;
  readonly line: string;
  readonly expect: Readonly<Record<string, string>>;
}

export interface Difference {
  readonly key: string;
  readonly ours: string;
  readonly theirs: string;
}

interface Exception {
  readonly case: string;
  readonly key: string;
  readonly reason: string;
}

const KEYS = /^(source\.ip|user\.name|process\..*|http\..*|url\.original|user_agent\.original)$/;

export const exceptions = JSON.parse(
  readFileSync(new URL('exceptions.json', import.meta.url), 'utf8'),
) as readonly Exception[];

const excepted = new Set(exceptions.map(({ case: name, key }) => `${name} ${key}`));

export function rows(): Row[] {
  const lines = read('normalize', 'services.jsonl').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
}

/** Received after all of them were written; stamps years old are believed. */
const received = Date.UTC(2026, 5, 1);

export function eventOf(row: Row, hinted: boolean): Event | undefined {
  const source = { id: 'corpus', agent: 'local', host: 'reader', ...(hinted ? { type: row.type } : {}) };
  return normalize({ source, received, text: row.line }, { timezone: 'UTC', historic: true, count: () => undefined });
}

export function differences(row: Row, hinted: boolean): Difference[] {
  const event = eventOf(row, hinted);
  const found: Difference[] = [];
  for (const [key, theirs] of Object.entries(row.expect)) {
    if (!KEYS.test(key) || excepted.has(`${row.case} ${key}`)) continue;
    if (!hinted && key === 'process.name' && !namesItself(row, theirs)) continue;
    const ours = event?.[key] === undefined ? '' : String(event[key]);
    if (ours !== theirs) found.push({ key, ours, theirs });
  }
  return found;
}

/** Any web server's line names none; the word may still stand in it, in a URL or a referrer. */
const namesItself = (row: Row, name: string): boolean => row.line.includes(name) && row.expect['service'] !== 'http';

export interface Score {
  readonly lines: number;
  readonly right: number;
  /** Per key: how many lines expect it, how many have it. */
  readonly keys: ReadonlyMap<string, { expected: number; equal: number }>;
}

export function score(all: readonly Row[], hinted: boolean): Score {
  const keys = new Map<string, { expected: number; equal: number }>();
  let right = 0;
  for (const row of all) {
    const wrong = differences(row, hinted);
    if (wrong.length === 0) right++;
    for (const key of Object.keys(row.expect)) {
      if (!KEYS.test(key)) continue;
      const count = keys.get(key) ?? { expected: 0, equal: 0 };
      keys.set(key, count);
      count.expected++;
      if (!wrong.some((one) => one.key === key)) count.equal++;
    }
  }
  return { lines: all.length, right, keys };
}

export const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
