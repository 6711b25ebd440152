/**
 * A query over columns: each test is asked once a value, not once an event, and texts are put together only where a cheaper look has not settled it.
 *
 * A mask has a byte an event, 1 where it is (still) wanted. Every step only takes events away from the mask it is given, so the cheap parts of an AND save the
 * dear ones their work. What a query means is said by `match.ts` alone; here are short cuts to the same answer.
 */
import type { FieldValue } from '#contract';
import { unreachable } from '#lib/unreachable';
import { NO, PERHAPS, type TextColumn, YES } from '../block/text-column.ts';
import type { StoredColumns } from '../block/stored.ts';
import type { FieldTest, Query } from './ast.ts';
import { expressionTest, textsOf, valueTest } from './match.ts';
import { holdersIn } from './holders.ts';
import type { Pattern } from './pattern.ts';

/** The wanted events that the query matches; `wanted` is left as it is. */
export type Judge = (columns: StoredColumns, wanted: Uint8Array) => Uint8Array;

export function judge(query: Query): Judge {
  switch (query.kind) {
    case 'all':
      return (_, wanted) => wanted;
    case 'and': {
      const parts = query.parts.toSorted((a, b) => costOf(a) - costOf(b)).map(judge);
      return (columns, wanted) => parts.reduce((left, part) => (left.includes(1) ? part(columns, left) : left), wanted);
    }
    case 'or': {
      const parts = query.parts.toSorted((a, b) => costOf(a) - costOf(b)).map(judge);
      return (columns, wanted) => {
        const open = wanted.slice();
        for (const part of parts) if (open.includes(1)) without(open, part(columns, open));
        return without(wanted.slice(), open);
      };
    }
    case 'not': {
      const part = judge(query.part);
      return (columns, wanted) => without(wanted.slice(), part(columns, wanted));
    }
    case 'word':
      return anywhere(asked({ kind: 'text', pattern: query.pattern }));
    case 'regex':
      return anywhere({ ...asked({ kind: 'exists' }), exists: false, test: expressionTest(query.source) });
    case 'field': {
      const test = asked(query.test);
      return (columns, wanted) => {
        const found = new Uint8Array(columns.count);
        const column = columns.indexes.get(query.name);
        if (column !== undefined) markColumn(columns, column, test, wanted, found);
        return found;
      };
    }
    default:
      return unreachable(query);
  }
}

/** Cheap parts first. */
function costOf(query: Query): number {
  switch (query.kind) {
    case 'all':
      return 0;
    case 'field':
      return query.test.kind === 'regex' ? 2 : 1;
    case 'word':
      return 3;
    case 'regex':
      return 5;
    case 'not':
      return costOf(query.part);
    case 'and':
    case 'or':
      return Math.max(...query.parts.map(costOf));
    default:
      return unreachable(query);
  }
}

function without(mask: Uint8Array, gone: Uint8Array): Uint8Array {
  for (let row = 0; row < mask.length; row++) if (gone[row] === 1) mask[row] = 0;
  return mask;
}

/** A test of one value, and what may stand in for it. */
interface Asked {
  test(text: string): boolean;
  /** Every value but null. */
  readonly exists: boolean;
  /** Texts without one of these pieces of tokens fail. */
  readonly pieces: readonly string[];
  /** Texts with all of them pass. */
  readonly enough: boolean;
  /** Numbers fail, whatever they are. */
  readonly noNumbers: boolean;
}

function asked(test: FieldTest): Asked {
  const passes = valueTest(test);
  if (test.kind !== 'text')
    return { test: passes, exists: test.kind === 'exists', pieces: [], enough: false, noNumbers: false };
  const { pieces, whole } = test.pattern;
  return {
    test: passes,
    exists: false,
    pieces: piecesOf(test.pattern),
    enough: !whole && pieces.length === 1 && /^[a-z0-9_]+$/.test(pieces[0] ?? ''),
    noNumbers: pieces.some((text) => /[^\d-]/.test(text)),
  };
}

/** More say little more. */
const MOST_PIECES = 3;

/** The pieces that say most: letters before digits, then the longest. One of letters is enough. */
function piecesOf({ pieces }: Pattern): readonly string[] {
  const rank = (run: string): number => run.length + (/\D/.test(run) ? 100 : 0);
  const runs = pieces.flatMap((piece) => piece.match(/[a-z0-9_]+/g) ?? []);
  const best = [...new Set(runs)].toSorted((a, b) => rank(b) - rank(a));
  return best.slice(0, /\D/.test(best[0] ?? '') ? 1 : MOST_PIECES);
}

function anywhere(wantedTest: Asked): Judge {
  return (columns, wanted) => {
    const found = new Uint8Array(columns.count);
    const open = wanted.slice();
    const order = columns.names.map((_, column) => column);
    for (const column of order) {
      markColumn(columns, column, wantedTest, open, found);
      without(open, found);
      if (!open.includes(1)) break;
    }
    return found;
  };
}

function markColumn(columns: StoredColumns, column: number, ask: Asked, wanted: Uint8Array, found: Uint8Array): void {
  const passes = passing(columns, column, ask);
  if (passes === undefined) return;
  const rows = columns.rows(column);
  for (let position = 0; position < rows.length; position++) {
    const row = rows[position] ?? 0;
    if (wanted[row] === 1 && passes(position)) found[row] = 1;
  }
}

/** Undefined where no value passes. */
function passing(columns: StoredColumns, column: number, ask: Asked): ((position: number) => boolean) | undefined {
  const kind = columns.kind(column);
  if (kind !== 'values' && ask.exists) return () => true;
  if (kind === 'numbers' && ask.noNumbers) return undefined;
  const data = columns.data(column);
  switch (data.kind) {
    case 'values': {
      const answers = data.values.map((value) => passesValue(value, ask));
      if (!answers.includes(true)) return undefined;
      const codes = data.codes();
      return (position) => answers[codes[position] ?? -1] === true;
    }
    case 'numbers': {
      const known = new Map<number, boolean>();
      return (position) => {
        const number = data.numbers[position] ?? 0;
        let answer = known.get(number);
        if (answer === undefined) known.set(number, (answer = ask.test(String(number))));
        return answer;
      };
    }
    case 'texts':
      return passingTexts(columns, data.texts, ask);
    default:
      return unreachable(data);
  }
}

/** A text is put together only where none of the pieces rules it out. */
function passingTexts(columns: StoredColumns, texts: TextColumn, ask: Asked) {
  const { pieces, enough, test } = ask;
  let marks: Uint8Array | undefined;
  for (const piece of pieces) {
    const some = texts.holding(piece, holdersIn(columns, piece));
    if (some === undefined) return undefined;
    if (marks !== undefined) for (let i = 0; i < some.length; i++) some[i] = Math.min(some[i] ?? NO, marks[i] ?? NO);
    marks = some;
  }
  return (position: number): boolean => {
    const mark = marks?.[position] ?? PERHAPS;
    return mark !== NO && ((mark === YES && enough) || test(texts.text(position)));
  };
}

const passesValue = (value: FieldValue, { exists, test }: Asked): boolean =>
  exists ? textsOf(value).length > 0 : textsOf(value).some(test);
