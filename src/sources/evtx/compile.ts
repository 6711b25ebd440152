/**
 * BinXML tokens → a flat program. A template's definition is compiled once a chunk and then run for each of its instances.
 *
 *     <Data Name="Image">%7</Data>  →  open Data [Name: "Image"] · slot 7 · close
 *
 * Invariant: a program closes what it opens, so running one leaves the tree where it was.
 */
import { type Chunk, Damage, nameAt, nameSize, need, spend, trimmed, u16, u32, u8, utf16 } from './bytes.ts';
import { fixedSize, type JsonValue, TYPE, valueOf } from './value.ts';

export type Part =
  | { readonly kind: 'text'; readonly value: JsonValue }
  | { readonly kind: 'slot'; readonly index: number };

export interface Attribute {
  readonly name: string;
  readonly parts: readonly Part[];
}

export type Op =
  | Part
  | { readonly kind: 'open'; readonly name: string; readonly attributes: readonly Attribute[] }
  | { readonly kind: 'close' }
  | { readonly kind: 'instance'; readonly at: number };

/** The lower six bits of a token; bit 6 says that more of the same follows, or that an element has attributes. */
export const TOKEN = {
  end: 0x00,
  open: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  close: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  character: 0x08,
  entity: 0x09,
  instructionTarget: 0x0a,
  instructionData: 0x0b,
  instance: 0x0c,
  slot: 0x0d,
  optionalSlot: 0x0e,
  header: 0x0f,
} as const;
const MORE = 0x40;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

export interface Program {
  readonly ops: readonly Op[];
  /** Steps that a run takes beside those for its values: what is written each time costs each time. */
  readonly steps: number;
}

/** An element whose start is not complete yet. */
interface Started {
  readonly name: string;
  readonly attributes: { readonly name: string; readonly parts: Part[] }[];
}

interface Compiler {
  readonly chunk: Chunk;
  readonly end: number;
  readonly ops: Op[];
  /** Elements of a definition carry a dependency identifier, those of a fragment by itself mostly do not. */
  readonly dependent: boolean;
  at: number;
  started: Started | undefined;
  open: number;
}

/** Tokens from `at` up to their end token or to `end`. Throws Damage. */
export function compile(chunk: Chunk, at: number, end: number, dependent: boolean): Program {
  need(chunk, at, end - at);
  const compiler: Compiler = { chunk, end, ops: [], dependent, at, started: undefined, open: 0 };
  while (compiler.at < end) {
    spend(chunk, 4);
    const token = u8(chunk, compiler.at++);
    if ((token & ~MORE) === TOKEN.end) break;
    take(compiler, token & ~MORE, (token & MORE) !== 0);
  }
  if (compiler.open !== 0 || compiler.started !== undefined) throw new Damage('ends inside an element');
  return { ops: compiler.ops, steps: compiler.ops.reduce((sum, op) => sum + stepsOf(op), 0) };
}

function stepsOf(op: Op): number {
  if (op.kind === 'text') return 1 + String(op.value).length;
  if (op.kind !== 'open') return 1;
  return op.attributes.reduce((sum, { name: key, parts }) => sum + key.length + partsSteps(parts), 1 + op.name.length);
}

const partsSteps = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + stepsOf(part), 0);

function take(compiler: Compiler, token: number, more: boolean): void {
  const { chunk } = compiler;
  switch (token) {
    case TOKEN.open:
      return start(compiler, more);
    case TOKEN.closeStart:
    case TOKEN.closeEmpty:
      return finishStart(compiler, token === TOKEN.closeEmpty);
    case TOKEN.close:
      return close(compiler);
    case TOKEN.value:
      return put(compiler, { kind: 'text', value: literal(compiler) });
    case TOKEN.attribute:
      if (compiler.started === undefined) throw new Damage('has an attribute outside of an element');
      compiler.started.attributes.push({ name: name(compiler), parts: [] });
      return;
    case TOKEN.cdata:
      return put(compiler, { kind: 'text', value: counted(compiler) });
    case TOKEN.character:
      put(compiler, { kind: 'text', value: String.fromCharCode(u16(chunk, compiler.at)).toWellFormed() });
      compiler.at += 2;
      return;
    case TOKEN.entity: {
      const entity = name(compiler);
      return put(compiler, { kind: 'text', value: ENTITIES.get(entity) ?? `&${entity};` });
    }
    case TOKEN.instructionTarget:
      // Instructions are for whoever shows the XML: no part of the event.
      name(compiler);
      return;
    case TOKEN.instructionData:
      counted(compiler);
      return;
    case TOKEN.instance:
      compiler.ops.push({ kind: 'instance', at: compiler.at });
      compiler.at = instanceOf(chunk, compiler.at, compiler.end).end;
      return;
    case TOKEN.slot:
    case TOKEN.optionalSlot:
      put(compiler, { kind: 'slot', index: u16(chunk, compiler.at) });
      compiler.at += 3;
      return;
    case TOKEN.header:
      compiler.at += 3;
      return;
    default:
      throw new Damage(`has the unknown token 0x${token.toString(16)}`);
  }
}

function put({ started, ops }: Compiler, part: Part): void {
  // Outside of an attribute there is no place for it in a start: Windows leaves it out too.
  if (started === undefined) ops.push(part);
  else started.attributes.at(-1)?.parts.push(part);
}

function start(compiler: Compiler, attributes: boolean): void {
  if (compiler.started !== undefined) throw new Damage('has an element inside the start of another');
  const first = compiler.dependent ? 2 : 0;
  const skip = [first, 2 - first].find((size) => isStart(compiler, compiler.at + size));
  if (skip === undefined) throw new Damage('has an element that begins wrongly');
  compiler.at += skip + 4;
  compiler.started = { name: name(compiler), attributes: [] };
  if (attributes) compiler.at += 4;
}

/** The size of an element is inside the chunk, and its name stands behind it or was there before. */
function isStart({ chunk, at }: Compiler, size: number): boolean {
  if (size + 8 > chunk.bytes.length) return false;
  const place = u32(chunk, size + 4);
  return u32(chunk, size) < chunk.bytes.length && (place === size + 8 || place < at) && place > 0;
}

function finishStart(compiler: Compiler, empty: boolean): void {
  const { started, ops } = compiler;
  if (started === undefined) throw new Damage('ends a start that never began');
  compiler.started = undefined;
  ops.push({ kind: 'open', ...started });
  compiler.open++;
  if (empty) close(compiler);
}

function close(compiler: Compiler): void {
  if (compiler.open === 0 || compiler.started !== undefined) throw new Damage('ends an element that never began');
  compiler.open--;
  compiler.ops.push({ kind: 'close' });
}

function name(compiler: Compiler): string {
  const place = u32(compiler.chunk, compiler.at);
  compiler.at += 4;
  const found = nameAt(compiler.chunk, place);
  if (place === compiler.at) compiler.at += nameSize(compiler.chunk, place);
  return found;
}

/** Length in characters, then these. */
function counted(compiler: Compiler): string {
  const size = 2 * u16(compiler.chunk, compiler.at);
  const text = utf16(compiler.chunk, compiler.at + 2, size);
  compiler.at += 2 + size;
  return text;
}

/** In practice a string; other types are read where the type says how long they are. */
function literal(compiler: Compiler): JsonValue {
  const type = u8(compiler.chunk, compiler.at++);
  if (type === TYPE.string) return trimmed(counted(compiler));
  const size = type === TYPE.null ? 0 : fixedSize(type);
  if (size === undefined) throw new Damage(`has a literal of the type 0x${type.toString(16)}`);
  const value = valueOf(compiler.chunk, type, compiler.at, size);
  compiler.at += size;
  return value;
}

export interface Instance {
  /** Of its definition. */
  readonly template: number;
  readonly count: number;
  /** Four bytes each: size, type, nothing. */
  readonly descriptors: number;
  /** Where the first value is; the others follow it. */
  readonly values: number;
  readonly end: number;
}

/** Of a definition: link to the next one, GUID, size. */
export const DEFINITION_HEAD = 24;

/** What follows an instance token. The definition stands inside it where it is used first, and elsewhere after that. */
export function instanceOf(chunk: Chunk, at: number, end: number): Instance {
  const template = u32(chunk, at + 5);
  let next = at + 9;
  if (template === next) next += DEFINITION_HEAD + u32(chunk, next + 20);
  const count = u32(chunk, next);
  const descriptors = next + 4;
  const values = descriptors + 4 * count;
  if (values > end) throw new Damage('has more values than bytes');
  spend(chunk, count);
  let last = values;
  for (let index = 0; index < count; index++) last += u16(chunk, descriptors + 4 * index);
  need(chunk, values, last - values);
  return { template, count, descriptors, values, end: last };
}
