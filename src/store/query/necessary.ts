/**
 * What an event's JSON text must contain if the query is to match it, as one regular expression over raw bytes.
 * Bytes are read as Latin-1, so only ASCII may be demanded: text is cut at every other character, and at those that JSON
 * escapes. `fold` guarantees that ASCII never comes out of anything but ASCII.
 *
 * It may let through what does not match, never the reverse; `undefined` means that nothing can be demanded.
 */
import { unreachable } from '#lib/unreachable';
import type { FieldTerm, FieldTest, Query } from './ast.ts';
import { literalsOf } from './literals.ts';
import type { Pattern } from './pattern.ts';

/** Global and case-insensitive: set `lastIndex` and go from hit to hit. */
export function necessary(query: Query): RegExp | undefined {
  const literals = demand(query);
  if (literals === undefined) return undefined;
  return new RegExp(literals.map((literal) => literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'gi');
}

/** At least one of these must be there. */
type Demand = readonly string[];

const CUT = /[^\u0020-\u007e]|["\\]/;
/** More alternatives than this cost more than they save. */
const MOST = 16;

function demand(query: Query): Demand | undefined {
  switch (query.kind) {
    case 'all':
    case 'not':
      return undefined;
    case 'regex':
      return ofExpression(query.source);
    case 'and':
      return query.parts.map(demand).reduce(better, undefined);
    case 'or': {
      const all: string[] = [];
      for (const part of query.parts) {
        const literals = demand(part);
        if (literals === undefined) return undefined;
        all.push(...literals);
      }
      return all.length <= MOST ? all : undefined;
    }
    case 'word':
      return ofPattern(query.pattern);
    case 'field':
      return better(ofName(query), ofTest(query.test));
    default:
      return unreachable(query);
  }
}

/** The field's key as JSON writes it, where that is plain ASCII. */
function ofName({ name }: FieldTerm): Demand | undefined {
  return CUT.test(name) ? undefined : [`"${name}":`];
}

function ofTest(test: FieldTest): Demand | undefined {
  if (test.kind === 'text') return ofPattern(test.pattern);
  return test.kind === 'regex' ? ofExpression(test.source) : undefined;
}

const ofPattern = ({ pieces }: Pattern): Demand | undefined => ofTexts(pieces);

function ofTexts(texts: readonly string[]): Demand | undefined {
  const runs = texts.flatMap((text) => text.split(CUT));
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest === '' ? undefined : [longest];
}

/** One of each alternative. */
function ofExpression(source: string): Demand | undefined {
  const rows = literalsOf(source)?.map(ofTexts) ?? [undefined];
  const known = rows.filter((row) => row !== undefined);
  return known.length === rows.length && rows.length <= MOST ? known.flat() : undefined;
}

/** A value says more than a field's name; then the fewer alternatives, then the longer ones. */
function better(a: Demand | undefined, b: Demand | undefined): Demand | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const rank = (literals: Demand): number => {
    const shortest = Math.min(...literals.map((literal) => literal.length));
    const onlyNames = literals.every((literal) => literal.endsWith('":'));
    return (shortest >= 3 && !onlyNames ? 1000 : 0) - literals.length * 10 + Math.min(shortest, 9);
  };
  return rank(b) > rank(a) ? b : a;
}
