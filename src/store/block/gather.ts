/**
 * Events → columns. The pipeline does this with every event, so it is written for speed: fields of events of one kind come in one order, and a tree
 * of shapes follows that order, so that most fields cost one comparison of the name, one of the value and one push.
 */
import type { Event, FieldValue } from '#contract';
import { type ColumnData, type Columns, textsOfStrings } from './columns.ts';

/** Texts of a column are kept apart until so many were different … */
const FEW = 64;
/** … and at least one in so many was. */
const OFTEN = 4;

export interface Gathering {
  add(event: Event): void;
  /** How many different ones there were so far. */
  fields(): number;
  done(): Columns;
}

export function gather(): Gathering {
  const root: Step = newStep(undefined);
  const columns: Collector[] = [];
  const byName = new Map<string, Collector>();
  const shapes: (readonly number[])[] = [];
  const shapeOf: number[] = [];

  const stepTo = (from: Step, name: string): Step => {
    const known = from.steps.get(name);
    if (known !== undefined) return known;
    let column = byName.get(name);
    if (column === undefined) {
      column = collector(columns.length, name);
      columns.push(column);
      byName.set(name, column);
    }
    const step = newStep(column, from);
    from.steps.set(name, step);
    return step;
  };
  return {
    add(event) {
      let step = root;
      for (const name in event) {
        const value = event[name];
        if (value === undefined) continue;
        let next = step.usual;
        if (next === undefined || next.name !== name) {
          next = stepTo(step, name);
          step.usual = next;
        }
        step = next;
        collect(step.column as Collector, value);
      }
      if (step.shape < 0) {
        step.shape = shapes.length;
        shapes.push(pathTo(step));
      }
      shapeOf.push(step.shape);
    },
    fields: () => columns.length,
    done: () => ({
      count: shapeOf.length,
      shapeOf: Uint32Array.from(shapeOf),
      shapes,
      names: columns.map(({ name }) => name),
      data: columns.map(dataOf),
    }),
  };
}

/** A place in the tree of shapes: the fields on the way to it are those an event had so far. */
interface Step {
  readonly name: string | undefined;
  readonly column: Collector | undefined;
  readonly before: Step | undefined;
  readonly steps: Map<string, Step>;
  /** Where the last event went from here. */
  usual: Step | undefined;
  shape: number;
}

const newStep = (column: Collector | undefined, before?: Step): Step => ({
  name: column?.name,
  column,
  before,
  steps: new Map(),
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
  const values: FieldValue[] = [];
  const known = new Map<FieldValue, number>();
  // Lists, which are not equal by content, and -0 and NaN, which a Map does not keep apart as JSON does.
  const odd = new Map<string, number>();
  return {
    values,
    codeOf(value) {
      const isOdd = typeof value === 'object' ? value !== null : value === 0 ? 1 / value < 0 : value !== value;
      const key = isOdd ? jsonOf(value) : '';
      const code = isOdd ? odd.get(key) : known.get(value);
      if (code !== undefined) return code;
      const next = values.length;
      if (isOdd) odd.set(key, next);
      else known.set(value, next);
      values.push(value);
      return next;
    },
  };
}

interface Collector {
  readonly index: number;
  readonly name: string;
  state: State;
  numbers: number[];
  texts: string[];
  codes: number[];
  known: ValueCodes;
  lastValue: FieldValue | undefined;
  lastCode: number;
}

const collector = (index: number, name: string): Collector => ({
  index,
  name,
  state: 'empty',
  numbers: [],
  texts: [],
  codes: [],
  known: valueCodes(),
  lastValue: undefined,
  lastCode: -1,
});

const isWhole = (value: FieldValue): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && !(value === 0 && 1 / value < 0);

function collect(column: Collector, value: FieldValue): void {
  if (column.state === 'empty') column.state = isWhole(value) ? 'numbers' : 'values';
  if (column.state === 'numbers') {
    if (isWhole(value)) return void column.numbers.push(value);
    toValues(column, column.numbers);
    column.numbers = [];
  } else if (column.state === 'texts') {
    if (typeof value === 'string') return void column.texts.push(value);
    toValues(column, column.texts);
    column.texts = [];
  }
  if (value === column.lastValue && value !== 0) return void column.codes.push(column.lastCode);
  const code = column.known.codeOf(value);
  column.lastValue = value;
  column.lastCode = code;
  column.codes.push(code);
  const different = column.known.values.length;
  if (different > FEW && different * OFTEN > column.codes.length) toTexts(column);
}

function toValues(column: Collector, values: readonly FieldValue[]): void {
  column.state = 'values';
  column.codes = values.map(column.known.codeOf);
}

/** Stays as it is where one of the values is no text. */
function toTexts(column: Collector): void {
  const { values } = column.known;
  if (!values.every((value) => typeof value === 'string')) return;
  column.texts = column.codes.map((code) => values[code] ?? '');
  column.state = 'texts';
  [column.codes, column.known, column.lastValue] = [[], valueCodes(), undefined];
}

function dataOf(column: Collector): ColumnData {
  if (column.state === 'numbers') return { kind: 'numbers', numbers: Float64Array.from(column.numbers) };
  if (column.state === 'texts') {
    const texts = textsOfStrings(column.texts);
    if (texts !== undefined) return { kind: 'texts', texts };
    toValues(column, column.texts);
  }
  return { kind: 'values', values: column.known.values, codes: Uint32Array.from(column.codes) };
}

/** A JSON array. */
export const jsonOfAll = (values: readonly FieldValue[]): string =>
  values.some(hasNegativeZero) ? `[${values.map(jsonOf).join(',')}]` : JSON.stringify(values);

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
