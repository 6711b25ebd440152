/**
 * Events → columns. The pipeline does this with every event, so it is written for speed: fields of events of one kind come in one order, and a tree
 * of shapes follows that order, so that most fields cost one comparison of the name, one of the value and one write.
 *
 * Batches resemble each other: the tree, the columns and their buffers are used again for the next one, as far as they stayed small. What is in them
 * does not depend on it: columns, shapes and values are numbered in the order in which this batch brought them.
 */
import type { Event, FieldValue } from '#contract';
import type { ColumnData, Columns } from './columns.ts';
import { type TextCollector, textCollector } from './text-collector.ts';

/** Texts of a column are kept apart until so many were different … */
const FEW = 64;
/** … and at least one in so many was. */
const OFTEN = 4;
/** A tree of more steps is not kept: a house has some hundred, made-up names have no end. */
const MOST_STEPS = 4096;
/** Nor are buffers for more values than this. */
const MOST_ROOM = 16_384;
const FIRST_ROOM = 16;

export interface Gathering {
  add(event: Event): void;
  /** How many different ones there were so far. */
  fields(): number;
  /** Valid until `release`. */
  done(): Columns;
  /** Ends the use of what `done` gave: the next gathering may have its memory. */
  release(): void;
}

let idle: Tree | undefined;

export function gather(): Gathering {
  const tree = idle ?? newTree();
  idle = undefined;
  const { root } = tree;
  const columns: Collector[] = [];
  const ends: Step[] = [];
  let shapeOf = new Uint32Array(1024);
  let count = 0;
  return {
    add(event) {
      let step = root;
      for (const name in event) {
        const value = event[name];
        if (value === undefined) continue;
        let next = step.usual;
        if (next === undefined || next.name !== name) {
          next = stepTo(tree, step, name);
          step.usual = next;
        }
        step = next;
        const column = step.column as Collector;
        if (column.index < 0) {
          column.index = columns.length;
          columns.push(column);
        }
        collect(column, value);
      }
      if (step.shape < 0) {
        step.shape = ends.length;
        ends.push(step);
      }
      if (count === shapeOf.length) shapeOf = larger(shapeOf, new Uint32Array(count * 2));
      shapeOf[count++] = step.shape;
    },
    fields: () => columns.length,
    done: () => ({
      count,
      shapeOf: shapeOf.subarray(0, count),
      shapes: ends.map(pathTo),
      names: columns.map(({ name }) => name),
      data: columns.map(dataOf),
    }),
    release() {
      for (const column of columns) empty(column);
      for (const step of ends) step.shape = -1;
      if (tree.steps <= MOST_STEPS) idle = tree;
    },
  };
}

interface Tree {
  readonly root: Step;
  readonly byName: Map<string, Collector>;
  steps: number;
}

const newTree = (): Tree => ({ root: newStep(undefined), byName: new Map(), steps: 0 });

function stepTo(tree: Tree, from: Step, name: string): Step {
  const known = from.steps?.get(name);
  if (known !== undefined) return known;
  let column = tree.byName.get(name);
  if (column === undefined) tree.byName.set(name, (column = collector(name)));
  const step = newStep(column, from);
  tree.steps++;
  (from.steps ??= new Map()).set(name, step);
  return step;
}

/** A place in the tree of shapes: the fields on the way to it are those an event had so far. */
interface Step {
  readonly name: string | undefined;
  readonly column: Collector | undefined;
  readonly before: Step | undefined;
  steps: Map<string, Step> | undefined;
  /** Where the last event went from here. */
  usual: Step | undefined;
  shape: number;
}

const newStep = (column: Collector | undefined, before?: Step): Step => ({
  name: column?.name,
  column,
  before,
  steps: undefined,
  usual: undefined,
  shape: -1,
});

function pathTo(step: Step): number[] {
  const path: number[] = [];
  for (let at: Step | undefined = step; at?.column !== undefined; at = at.before) path.push(at.column.index);
  return path.toReversed();
}

type State = 'empty' | 'numbers' | 'values' | 'texts';

/** Values and the numbers that stand for them, in the order in which they first came. */
export interface ValueCodes {
  readonly values: FieldValue[];
  codeOf(value: FieldValue): number;
}

export function valueCodes(): ValueCodes {
  const known = new Known();
  return { values: known.values, codeOf: (value) => known.codeOf(value) };
}

class Known implements ValueCodes {
  values: FieldValue[] = [];
  /** Lists by their identity: parsers use the same few again and again. */
  readonly #codes = new Map<FieldValue, number>();
  /** Lists, which are not equal by content, and -0 and NaN, which a Map does not keep apart as JSON does. */
  #odd: Map<string, number> | undefined;

  codeOf(value: FieldValue): number {
    const isList = typeof value === 'object' && value !== null;
    if (!isList && (value === 0 ? 1 / value < 0 : value !== value)) return this.#oddCodeOf(value);
    const code = this.#codes.get(value);
    if (code !== undefined) return code;
    const next = isList ? this.#oddCodeOf(value) : this.values.push(value) - 1;
    if (!isList || this.#codes.size < FEW) this.#codes.set(value, next);
    return next;
  }

  #oddCodeOf(value: FieldValue): number {
    const key = jsonOf(value);
    this.#odd ??= new Map();
    const code = this.#odd.get(key);
    if (code !== undefined) return code;
    const next = this.values.push(value) - 1;
    this.#odd.set(key, next);
    return next;
  }

  forget(): void {
    this.values = [];
    if (this.#codes.size > 0) this.#codes.clear();
    this.#odd = undefined;
  }
}

interface Collector {
  readonly name: string;
  /** In this batch; -1 while it brought none. */
  index: number;
  state: State;
  /** Numbers, or codes; of texts there are no more than in `texts`. */
  count: number;
  numbers: Float64Array;
  codes: Uint32Array;
  texts: TextCollector | undefined;
  readonly known: Known;
  lastValue: FieldValue | undefined;
  lastCode: number;
}

const NO_NUMBERS = new Float64Array(0);
const NO_CODES = new Uint32Array(0);

const collector = (name: string): Collector => ({
  name,
  index: -1,
  state: 'empty',
  count: 0,
  numbers: NO_NUMBERS,
  codes: NO_CODES,
  texts: undefined,
  known: new Known(),
  lastValue: undefined,
  lastCode: -1,
});

function empty(column: Collector): void {
  column.index = -1;
  column.state = 'empty';
  column.count = 0;
  column.known.forget();
  column.lastValue = undefined;
  if (column.numbers.length > MOST_ROOM) column.numbers = NO_NUMBERS;
  if (column.codes.length > MOST_ROOM) column.codes = NO_CODES;
  if (column.texts?.empty() === false) column.texts = undefined;
}

function larger<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

const isWhole = (value: FieldValue): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && !(value === 0 && 1 / value < 0);

function collect(column: Collector, value: FieldValue): void {
  if (column.state === 'values') return addValue(column, value);
  if (column.state === 'empty') column.state = isWhole(value) ? 'numbers' : 'values';
  if (column.state === 'numbers') {
    if (isWhole(value)) return addNumber(column, value);
    toValues(column, column.numbers.subarray(0, column.count));
  } else if (column.state === 'texts') {
    if (typeof value === 'string') return (column.texts as TextCollector).add(value);
    toValues(column, (column.texts as TextCollector).strings());
  }
  addValue(column, value);
}

function addNumber(column: Collector, value: number): void {
  const { count, numbers } = column;
  if (count === numbers.length) column.numbers = larger(numbers, new Float64Array(Math.max(FIRST_ROOM, count * 2)));
  column.numbers[count] = value;
  column.count = count + 1;
}

function addValue(column: Collector, value: FieldValue): void {
  if (value !== column.lastValue || value === 0) {
    column.lastCode = column.known.codeOf(value);
    column.lastValue = value;
  }
  const { count, codes, known } = column;
  if (count === codes.length) column.codes = larger(codes, new Uint32Array(Math.max(FIRST_ROOM, count * 2)));
  column.codes[count] = column.lastCode;
  column.count = count + 1;
  const different = known.values.length;
  if (different > FEW && different * OFTEN > count + 1) toTexts(column);
}

function toValues(column: Collector, values: ArrayLike<FieldValue>): void {
  column.state = 'values';
  column.codes = new Uint32Array(Math.max(FIRST_ROOM, values.length * 2));
  for (let i = 0; i < values.length; i++) column.codes[i] = column.known.codeOf(values[i] ?? null);
  column.count = values.length;
}

/** Stays as it is where one of the values is no text. */
function toTexts(column: Collector): void {
  const { known, codes, count } = column;
  const { values } = known;
  if (!values.every((value) => typeof value === 'string')) return;
  const texts = (column.texts ??= textCollector());
  texts.empty();
  for (let i = 0; i < count; i++) texts.add(values[codes[i] ?? 0] ?? '');
  column.state = 'texts';
  column.count = 0;
  known.forget();
  column.lastValue = undefined;
}

function dataOf(column: Collector): ColumnData {
  if (column.state === 'numbers') return { kind: 'numbers', numbers: column.numbers.subarray(0, column.count) };
  if (column.state === 'texts') {
    const collected = column.texts as TextCollector;
    const texts = collected.done();
    if (texts !== undefined) return { kind: 'texts', texts };
    toValues(column, collected.strings());
  }
  return { kind: 'values', values: column.known.values, codes: column.codes.subarray(0, column.count) };
}

/** A JSON array. */
export function jsonOfAll(values: readonly FieldValue[]): string {
  for (const value of values) if (hasNegativeZero(value)) return `[${values.map(jsonOf).join(',')}]`;
  return JSON.stringify(values);
}

const hasNegativeZero = (value: FieldValue): boolean =>
  typeof value === 'number'
    ? Object.is(value, -0)
    : Array.isArray(value) && value.some((element) => Object.is(element, -0));

/** As JSON.stringify, but that -0 keeps its sign: JSON can say it. */
function jsonOf(value: FieldValue): string {
  if (Object.is(value, -0)) return '-0';
  if (!Array.isArray(value) || !value.some((element) => Object.is(element, -0))) return JSON.stringify(value);
  return `[${value.map(jsonOf).join(',')}]`;
}
