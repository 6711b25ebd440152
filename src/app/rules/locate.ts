/**
 * Where in its file a problem of a rule is. The engine says which part of the document it is about, as far as it knows; the rest
 * is told by the words it uses: they name the key, or show the value. No guess is worse than the line where the rule begins.
 */
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { RuleProblem } from '#contract';

export interface Place {
  /** From 1, both. */
  readonly line: number;
  readonly column: number;
}

export interface Where {
  /** The line where its document begins. */
  readonly line: number;
  readonly at?: readonly (string | number)[];
  readonly reason: string;
}

/** A key with its value; `key` is absent in a list, `value` where nothing stands. */
interface Part {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

const offsetOf = (node: Node | undefined): number | undefined => node?.range?.[0];
const nodeOf = (value: unknown): Node | undefined =>
  typeof value === 'object' && value !== null && 'range' in value ? (value as Node) : undefined;

function partOf(parent: Node | undefined, step: string | number): Part | undefined {
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair === undefined ? undefined : { key: nodeOf(pair.key), value: nodeOf(pair.value) };
  }
  if (isSeq(parent) && typeof step === 'number') return { key: undefined, value: nodeOf(parent.items[step]) };
  // A single value is a list of one.
  return step === 0 && isScalar(parent) ? { key: undefined, value: parent } : undefined;
}

/** Every key and scalar below, in the order of the text. */
function* scalarsIn(node: unknown): Generator<{ readonly text: string; readonly offset: number }> {
  if (isScalar(node)) {
    const offset = node.range?.[0];
    if (offset !== undefined) yield { text: String(node.value), offset };
  } else if (isPair(node)) {
    yield* scalarsIn(node.key);
    yield* scalarsIn(node.value);
  } else if (isMap(node) || isSeq(node)) for (const item of node.items) yield* scalarsIn(item);
}

/** A reason shows a value cut short. */
const SHOWN = 60;

/** The longest text below that the reason names as a word of its own. */
function named(node: Node | undefined, reason: string): number | undefined {
  const said = ` ${reason.replaceAll(/["'`,;:()]/g, ' ')} `;
  let best: { readonly length: number; readonly offset: number } | undefined;
  for (const { text, offset } of scalarsIn(node)) {
    const short = text.length > SHOWN ? text.slice(0, SHOWN) : text;
    const plain = short.replaceAll(/["'`,;:()]/g, ' ');
    if (plain.trim() === '' || !said.includes(text.length > SHOWN ? plain : ` ${plain} `)) continue;
    if (best === undefined || plain.length > best.length) best = { length: plain.length, offset };
  }
  return best?.offset;
}

/** Modifiers stand behind the field: `Image|fuzzy`. */
function modifierIn(key: Node | undefined, reason: string): number | undefined {
  const start = offsetOf(key);
  if (!isScalar(key) || start === undefined) return start;
  const text = String(key.value);
  const modifier = text
    .split('|')
    .slice(1)
    .find((word) => new RegExp(`(?:^|[^\\w])${word.replace(/\W/g, '')}(?:$|[^\\w])`).test(reason));
  const quoted = key.type === 'QUOTE_DOUBLE' || key.type === 'QUOTE_SINGLE' ? 1 : 0;
  return modifier === undefined ? start : start + quoted + text.indexOf(`|${modifier}`) + 1;
}

function offsetIn(root: Node | undefined, { at = [], reason }: Where): number | undefined {
  let part: Part = { key: undefined, value: root };
  let found: number | undefined;
  for (const step of at) {
    const next = partOf(part.value, step);
    if (next === undefined) break;
    part = next;
    found = offsetOf(part.key ?? part.value);
  }
  const inValue = named(part.value, reason);
  if (part.key === undefined) return inValue ?? found;
  if (at.at(-1) === 'condition') return inValue ?? offsetOf(part.value) ?? found;
  const inKey = modifierIn(part.key, reason);
  return inKey === offsetOf(part.key) ? (inValue ?? inKey) : inKey;
}

/** Problems with line and column, as far as their files can be read; what the engine alone understands is left out. */
export function placed(problems: readonly RuleProblem[], read: (file: string) => string): RuleProblem[] {
  return [...Map.groupBy(problems, ({ file }) => file)].flatMap(([file, inFile]) => {
    const locate = locatorOf(file, read);
    return inFile.map(({ at, ...problem }) =>
      // The catalogue knows better where YAML itself is broken.
      problem.column === undefined
        ? { ...problem, ...locate({ ...problem, ...(at === undefined ? {} : { at }) }) }
        : problem,
    );
  });
}

function locatorOf(file: string, read: (file: string) => string): ReturnType<typeof locator> {
  try {
    return locator(read(file));
  } catch {
    return ({ line }) => ({ line, column: 1 });
  }
}

/** For several problems of one file: it is parsed once. */
export function locator(text: string): (where: Where) => Place {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents = (Array.isArray(parsed) ? parsed : []).map((document) => {
    const offset = document.contents?.range?.[0] ?? document.range[0];
    return { line: lines.linePos(offset).line, contents: document.contents ?? undefined };
  });
  return (where) => {
    const document = documents.find(({ line }) => line === where.line);
    const offset = offsetIn(document?.contents, where);
    if (offset === undefined) return { line: where.line, column: 1 };
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}
