/**
 * A query over columns: each test is asked once a value, not once an event, and texts are put together only where a cheaper look has not settled it.
 *
 * A mask has a byte an event, 1 where it is (still) wanted. Every step only takes events away from the mask it is given, so the cheap parts of an AND save the
 * dear ones their work. What a query means is said by `match.ts` alone; here are short cuts to the same answer.
 */
import type { FieldValue } from '#contract';
import { unreachable } from '#lib/unreachable';
import { NO, YES } from '../block/marks.ts';
import type { TextColumn } from '../block/text-column.ts';
import { holders } from '../block/digits.ts';
import { FEW } from '../block/few.ts';
import type { Codes } from '../block/numbers.ts';
import type { StoredColumns } from '../block/stored.ts';
import type { FieldTest, Query } from './ast.ts';
import { holdersIn } from './holders.ts';
import { literalsOf } from './literals.ts';
import { textsOf, valueTest } from './match.ts';

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
      return anywhere(asked(query));
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

/** Tokens with single dots between: what a column of texts can look for without putting texts together. */
const PIECE = /[a-z0-9_]+(?:\.[a-z0-9_]+)*/g;

/** A test of one value, and what may stand in for it. */
interface Asked {
  test(text: string): boolean;
  /** Every value but null. */
  readonly exists: boolean;
  /** Texts without it fail. */
  readonly piece: string | undefined;
  /** Texts with it pass. */
  readonly enough: boolean;
  /** ASCII: only texts that are this one, whatever their case, pass. */
  readonly only: string | undefined;
  /** Numbers fail, whatever they are. */
  readonly noNumbers: boolean;
}

function asked(test: FieldTest): Asked {
  const plain: Asked = {
    test: valueTest(test),
    exists: test.kind === 'exists',
    piece: undefined,
    enough: false,
    only: undefined,
    noNumbers: false,
  };
  if (test.kind === 'regex') {
    const [literals, another] = literalsOf(test.source) ?? [];
    if (literals === undefined || another !== undefined) return plain;
    return { ...plain, piece: pieceOf(literals), noNumbers: literals.some(isNoNumber) };
  }
  if (test.kind !== 'text') return plain;
  const { pieces, whole } = test.pattern;
  const piece = pieceOf(pieces);
  return {
    ...plain,
    piece,
    enough: !whole && pieces.length === 1 && pieces[0] === piece,
    only: whole && pieces.length === 1 && isAscii(pieces[0] ?? '') ? pieces[0] : undefined,
    noNumbers: pieces.some(isNoNumber),
  };
}

const isNoNumber = (text: string): boolean => /[^\d-]/.test(text);

const isAscii = (text: string): boolean => /^[\u0020-\u007e]*$/.test(text);

/** The piece that says most: letters before digits, then the longest. */
function pieceOf(texts: readonly string[]): string | undefined {
  const rank = (run: string): number => run.length + (/[a-z_]/.test(run) ? 100 : 0);
  const runs = texts.flatMap((text) => text.match(PIECE) ?? []);
  return runs.toSorted((a, b) => rank(b) - rank(a))[0];
}

function anywhere(wantedTest: Asked): Judge {
  return (columns, wanted) => {
    const found = new Uint8Array(columns.count);
    const open = wanted.slice();
    for (let column = 0; column < columns.names.length; column++) {
      if (!markColumn(columns, column, wantedTest, open, found)) continue;
      without(open, found);
      if (!open.includes(1)) break;
    }
    return found;
  };
}

/** False where no value passes. */
function markColumn(
  columns: StoredColumns,
  column: number,
  ask: Asked,
  wanted: Uint8Array,
  found: Uint8Array,
): boolean {
  const passes = passing(columns, column, ask);
  if (passes === undefined) return false;
  if ('codes' in passes) {
    const all = columns.held(column) === columns.count;
    markCodes(passes, all ? undefined : columns.rows(column), wanted, found);
    return true;
  }
  if (typeof passes !== 'function') {
    const rows = passes.length > FEW ? columns.rows(column) : undefined;
    for (const position of passes) {
      const row = rows?.[position] ?? columns.row(column, position);
      if (wanted[row] === 1) found[row] = 1;
    }
    return true;
  }
  const rows = columns.rows(column);
  for (let position = 0; position < rows.length; position++) {
    const row = rows[position] ?? 0;
    if (wanted[row] === 1 && passes(position)) found[row] = 1;
  }
  return true;
}

/** The same of codes, most of what is asked: a loop without a call in it. */
function markCodes(
  { codes, passes }: Coded,
  rows: Uint32Array | undefined,
  wanted: Uint8Array,
  found: Uint8Array,
): void {
  if (rows === undefined) {
    for (let row = 0; row < codes.length; row++)
      found[row] = (found[row] ?? 0) | ((wanted[row] ?? 0) & (passes[codes[row] ?? 0] ?? 0));
    return;
  }
  for (let position = 0; position < rows.length; position++) {
    const row = rows[position] ?? 0;
    found[row] = (found[row] ?? 0) | ((wanted[row] ?? 0) & (passes[codes[position] ?? 0] ?? 0));
  }
}

/** Codes, and of each whether it passes, 1. */
interface Coded {
  readonly codes: Codes;
  readonly passes: Uint8Array;
}

/** Whether a position passes, or all those that do. */
type Passing = ((position: number) => boolean) | readonly number[] | Coded;

/** Undefined where no value passes. */
function passing(columns: StoredColumns, column: number, ask: Asked): Passing | undefined {
  const kind = columns.kind(column);
  if (kind !== 'values' && ask.exists) return () => true;
  if (kind === 'numbers' && ask.noNumbers) return undefined;
  const data = columns.data(column);
  switch (data.kind) {
    case 'values': {
      const passes = Uint8Array.from(data.values, (value) => (passesValue(value, ask) ? 1 : 0));
      return passes.includes(1) ? { codes: data.codes(), passes } : undefined;
    }
    case 'numbers': {
      if (ask.enough && ask.piece !== undefined) {
        const holds = holders(ask.piece);
        const { numbers } = data;
        return (position) => holds(numbers[position] ?? 0) === YES;
      }
      const { numbers } = data;
      const known = new Map<number, boolean>();
      return (position) => {
        const number = numbers[position] ?? 0;
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

/** A text is put together only where its piece does not settle it. */
function passingTexts(
  columns: StoredColumns,
  texts: TextColumn,
  { piece, enough, only, test }: Asked,
): Passing | undefined {
  if (only !== undefined) {
    const found = texts.alike(only).filter((position) => test(texts.text(position)));
    return found.length === 0 ? undefined : found;
  }
  if (piece === undefined) return (position: number): boolean => test(texts.text(position));
  const marks = texts.holding(piece, holdersIn(columns, piece));
  if (marks === undefined) return undefined;
  return (position: number): boolean => {
    const mark = marks[position] ?? NO;
    return mark !== NO && ((mark === YES && enough) || test(texts.text(position)));
  };
}

const passesValue = (value: FieldValue, { exists, test }: Asked): boolean =>
  exists ? textsOf(value).length > 0 : textsOf(value).some(test);
