/**
 * Regular expressions of rules: searched for anywhere in the value, with regard to case unless `i`. Rules come from the
 * internet and texts from attackers, so an expression runs in V8 only where it is proven that V8 is done in linear time;
 * re2js, which always is, takes the rest.
 */
import { RE2JS } from 're2js';
import { Refusal, shown } from '../refusal.ts';
import { isLinear } from './linear.ts';
import { needs, type Needs } from './literals.ts';
import { type Node, parseRegex, sourceOf } from './parse.ts';
import { leastLength, withoutTail } from './tail.ts';

export interface Regex {
  readonly key: string;
  readonly test: (text: string) => boolean;
  readonly needs: Needs;
  /** Which engine runs it. */
  readonly engine: 'v8' | 're2';
}

const FLAGS: Readonly<Record<string, number>> = { i: RE2JS.CASE_INSENSITIVE, m: RE2JS.MULTILINE, s: RE2JS.DOTALL };

type Test = (text: string) => boolean;

/** Compiles when it is first asked: a rule that is never a candidate never asks, and a start has hundreds of them. */
function late(compile: () => Test): Test {
  let test: Test | undefined;
  return (text) => (test ??= compile())(text);
}

function re2(source: string, flags: string): Test {
  const bits = Array.from(flags).reduce((sum, flag) => sum | (FLAGS[flag] ?? 0), 0);
  try {
    const compiled = RE2JS.compile(source, bits);
    return (text) => compiled.test(text);
  } catch (error) {
    throw new Refusal(`regular expression ${shown(source)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Throws a Refusal with the reason. */
export function regex(source: unknown, flags: string): Regex {
  if (typeof source !== 'string') throw new Refusal(`not a regular expression: ${shown(source)}`);
  const key = `${flags}/${source}`;
  const parsed = parseRegex(source, flags);
  if (parsed === undefined) return { key, test: re2(source, flags), needs: [], engine: 're2' };
  const { node: whole, exact } = parsed;
  const node = withoutTail(whole);
  const least = leastLength(node);
  const linear = exact && isLinear(node);
  const run = linear
    ? late(() => v8(node))
    : isSmall(whole, source)
      ? late(() => re2(source, flags))
      : re2(source, flags);
  return {
    key,
    // A character is one or two units, so a text has at least as many units.
    test: (text) => text.length >= least && run(text),
    needs: needs(whole),
    engine: linear ? 'v8' : 're2',
  };
}

/** Characters and counted repeats written out. RE2's own limit is a thousand for what is counted. */
const MAX_WRITTEN = 1000;

function written(node: Node): number {
  if (node.kind === 'repeat') return written(node.of) * Math.max(1, node.min, node.max === Infinity ? 0 : node.max);
  return 'of' in node ? node.of.reduce((sum, part) => sum + written(part), 1) : 1;
}

/** What the parser knows is refused by RE2 for nothing but its size. */
const isSmall = (node: Node, source: string): boolean => source.length <= MAX_WRITTEN && written(node) <= MAX_WRITTEN;

function v8(node: Node): Test {
  const compiled = new RegExp(sourceOf(node), 'u');
  return (text) => compiled.test(text);
}
