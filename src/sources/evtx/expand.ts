/** A record's BinXML → JSON: templates filled with the values of their instances, fragments in values expanded in their place. */
import { type Chunk, Damage, spend, u16, u32, u8 } from './bytes.ts';
import {
  type Attribute,
  compile,
  DEFINITION_HEAD,
  type Instance,
  instanceOf,
  type Program,
  type Part,
  TOKEN,
} from './compile.ts';
import { JsonTree, set, textOf } from './json-tree.ts';
import { type JsonObject, type JsonValue, TYPE, valueOf } from './value.ts';

/** Fragments in values of fragments: events have two. */
const DEEPEST = 32;

/** A chunk's compiled definitions by their place; a text says why one cannot be compiled. */
export type Templates = Map<number, Program | string>;

/** Throws Damage. */
export function expand(chunk: Chunk, templates: Templates, at: number, end: number): JsonObject {
  const tree = new JsonTree(chunk);
  runFragment({ chunk, templates, tree, depth: 0 }, at, end);
  if (Object.keys(tree.root).length === 0) throw new Damage('holds no event');
  return tree.root;
}

interface Run {
  readonly chunk: Chunk;
  readonly templates: Templates;
  readonly tree: JsonTree;
  readonly depth: number;
}

/** An instance and where each of its values begins. */
interface Slots extends Instance {
  readonly places: readonly number[];
}

function runFragment(run: Run, at: number, end: number): void {
  const { chunk } = run;
  if (run.depth > DEEPEST) throw new Damage('is nested too deeply');
  for (let next = at; next < end;) {
    spend(chunk, 1);
    const token = u8(chunk, next);
    if (token === TOKEN.end) return;
    if (token === TOKEN.header) next += 4;
    else if (token === TOKEN.instance) next = runInstance(run, next + 1, end);
    else return execute(run, compile(chunk, next, end, false), undefined);
  }
}

function runInstance(run: Run, at: number, end: number): number {
  const { chunk } = run;
  const instance = instanceOf(chunk, at, end);
  const places: number[] = [];
  let place = instance.values;
  for (let index = 0; index < instance.count; index++) {
    places.push(place);
    place += u16(chunk, instance.descriptors + 4 * index);
  }
  execute(run, templateAt(run, instance.template), { ...instance, places });
  return instance.end;
}

function templateAt({ chunk, templates }: Run, at: number): Program {
  const known = templates.get(at);
  if (typeof known === 'string') throw new Damage(known);
  if (known !== undefined) return known;
  try {
    const begin = at + DEFINITION_HEAD;
    const program = compile(chunk, begin, begin + u32(chunk, at + 20), true);
    templates.set(at, program);
    return program;
  } catch (error) {
    if (error instanceof Damage) templates.set(at, `its template ${error.message}`);
    throw error;
  }
}

function execute(run: Run, program: Program, slots: Slots | undefined): void {
  const { chunk, tree } = run;
  spend(chunk, program.steps);
  for (const op of program.ops) {
    switch (op.kind) {
      case 'open':
        open(run, op.name, op.attributes, slots);
        break;
      case 'close':
        tree.close();
        break;
      case 'text':
        tree.put(op.value);
        break;
      case 'slot':
        fill(run, op.index, slots);
        break;
      case 'instance':
        runInstance({ ...run, depth: run.depth + 1 }, op.at, chunk.bytes.length);
        break;
    }
  }
}

function fill(run: Run, index: number, slots: Slots | undefined): void {
  const { chunk, tree } = run;
  const at = slots?.places[index];
  if (slots === undefined || at === undefined) return tree.put(null);
  const size = u16(chunk, slots.descriptors + 4 * index);
  if (u8(chunk, slots.descriptors + 4 * index + 2) !== TYPE.binXml) return tree.put(slotValue(chunk, index, slots));
  if (size > 0) runFragment({ ...run, depth: run.depth + 1 }, at, at + size);
}

function slotValue(chunk: Chunk, index: number, slots: Slots | undefined): JsonValue {
  const at = slots?.places[index];
  if (slots === undefined || at === undefined) return null;
  const size = u16(chunk, slots.descriptors + 4 * index);
  const type = u8(chunk, slots.descriptors + 4 * index + 2);
  return type === TYPE.binXml ? null : valueOf(chunk, type, at, size);
}

/** `<Data Name="X">` is called X. Its other attributes say nothing about the event. */
function open({ chunk, tree }: Run, name: string, attributes: readonly Attribute[], slots: Slots | undefined): void {
  if (name === 'Data') {
    const named = attributes.find((one) => one.name === 'Name');
    if (named === undefined) tree.openUnnamed();
    else tree.open(textOf(attributeValue(chunk, named.parts, slots)), undefined);
    return;
  }
  let present: JsonObject | undefined;
  for (const attribute of attributes) {
    const value = attributeValue(chunk, attribute.parts, slots);
    if (value !== null) set((present ??= {}), attribute.name, value);
  }
  tree.open(name, present);
}

function attributeValue(chunk: Chunk, parts: readonly Part[], slots: Slots | undefined): JsonValue {
  const [first] = parts;
  if (first === undefined) return null;
  const valueAt = (part: Part): JsonValue => (part.kind === 'text' ? part.value : slotValue(chunk, part.index, slots));
  return parts.length === 1 ? valueAt(first) : parts.map((part) => textOf(valueAt(part))).join('');
}
