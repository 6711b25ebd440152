/** The regular expressions of a rule set on texts that are made to be slow. */
import type { RuleDocument } from '#contract';
import { type Regex, regex } from '../../src/detect/sigma/regex/regex.ts';
import { threadMillis } from './load.ts';

const LENGTH = 16 * 1024;
const UNITS = [
  'a',
  '1',
  ' ',
  '/',
  '\\',
  '-',
  '$',
  '{',
  '"',
  '`',
  '^',
  '+',
  'set ',
  '&&set ',
  ' -',
  'a"b',
  '1,',
  '.exe ',
];
const TEXTS = UNITS.map((unit) => unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH));

function* found(node: unknown): Generator<readonly [source: string, flags: string]> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    const [, ...names] = key.split('|');
    if (!names.includes('re')) yield* found(value);
    else
      for (const source of [value].flat())
        yield [String(source), names.filter((name) => /^[ims]$/.test(name)).join('')];
  }
}

/** The slowest, once all have been run on all: ms of processor time for 16 kB. */
export function slowestRegex(documents: readonly RuleDocument[]): {
  readonly count: number;
  readonly ms: number;
  readonly key: string;
} {
  const all = new Map<string, Regex>();
  for (const { content } of documents) {
    for (const [source, flags] of found((content as { readonly detection?: unknown }).detection)) {
      const one = regex(source, flags);
      all.set(one.key, one);
    }
  }
  let worst = { ms: 0, key: '' };
  for (const { key, test } of all.values()) {
    for (const text of TEXTS) test(text);
    for (const text of TEXTS) {
      const began = process.threadCpuUsage();
      test(text);
      const ms = threadMillis(began);
      if (ms > worst.ms) worst = { ms, key };
    }
  }
  return { count: all.size, ...worst };
}
