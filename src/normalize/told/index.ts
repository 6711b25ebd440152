/** Records that nobody names and no parser knows: whose log they are (`sources.ts`), and their fields under their own names. */
import { type Fields, type FieldValue, LIMITS, newFields, type Scalar } from '#contract';
import { fieldOf, put } from '../fields.ts';
import { jsonText } from '../flatten.ts';
import type { Row, Told } from './row.ts';
import { ASIDE, ROWS } from './sources.ts';
import { headOf, isTree, seenOf, type Tree } from './when.ts';

export { withChannel } from './bare-windows.ts';

/** Rows by the names that they need. */
function byHead(rows: readonly Row[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [index, row] of rows.entries()) {
    for (const head of row.sure.heads) {
      const list = found.get(head) ?? [];
      found.set(head, list);
      if (!list.includes(index)) list.push(index);
    }
  }
  return found;
}
const SURE = byHead(ROWS);

/** What is likely, for whoever looks through a file that somebody chose. */
export function likely(record: Tree): Told | undefined {
  const seen = seenOf(record);
  return ROWS.find((row) => row.likely.fits(seen));
}

/** What nobody else writes. Most records have none of the names, and cost a look-up for each of theirs. */
function sure(record: Tree): Told | undefined {
  let hits: Set<number> | undefined;
  for (const name of Object.keys(record)) {
    const found = SURE.get(name) ?? SURE.get(headOf(name));
    if (found !== undefined) for (const index of found) (hits ??= new Set()).add(index);
  }
  if (hits === undefined) return undefined;
  const seen = seenOf(record);
  for (const index of [...hits].toSorted((a, b) => a - b)) {
    const row = ROWS[index];
    if (row?.sure.fits(seen) === true) return row;
  }
  return undefined;
}

/** Without such a name it is nobody's for sure. */
export const mayBeTold = (names: readonly string[]): boolean =>
  names.some((name) => SURE.has(name) || SURE.has(headOf(name)));

/** What the record's owner declared it to be: rows of that product, as likely as they are. */
function declared(record: Tree, type: string): Told | undefined {
  const product = type.toLowerCase();
  const rows = PRODUCTS.get(product);
  if (rows === undefined) return undefined;
  const seen = seenOf(record);
  return rows.find((row) => row.likely.fits(seen));
}
const PRODUCTS: ReadonlyMap<string, readonly Row[]> = new Map(
  'aws okta kubernetes gcp bitbucket github m365 onelogin azure rpc_firewall'
    .split(' ')
    .map((name) => [name, ROWS.filter(({ product }) => product === name)] as const),
);

/** What says whose a record is. */
const HINTS = (
  'labels.product labels.category event.dataset event.module event.kind service.type data_stream.dataset ' +
  'ecs.version service logger'
).split(' ');

/**
 * Sigma's log source of a record that no parser knows. Whoever says what it is, in the record (`flat`) or around it, is believed: `type` as its
 * source was declared, `program` as anything names it.
 */
export function sourceOf(record: Tree, flat: Fields, type: string | undefined, program: unknown): Told | undefined {
  const asDeclared = type === undefined ? undefined : declared(record, type);
  if (asDeclared !== undefined || program !== undefined) return asDeclared;
  const found = sure(record);
  return found === undefined || HINTS.some((name) => fieldOf(flat, name) !== undefined) ? undefined : found;
}

/** Events of Windows that are another program's log. */
export function aside(record: Tree): Told | undefined {
  if (!Object.hasOwn(record, 'InterfaceUuid')) return undefined;
  const seen = seenOf(record);
  return ASIDE.find((row) => row.likely.fits(seen));
}

/** Names that are ours to say, whoever sends them. */
const OURS = /^(?:@timestamp$|agent\.|event\.|labels\.|porchlight\.|log\.flags$)/;

/** Rules for such a log source name its fields as the log does: what the event has under other names is there under these, too. */
export function labelled(into: Fields, { product, category, service }: Told, record: Tree): void {
  if (product !== undefined) put(into, 'labels.product', product);
  if (category !== undefined) put(into, 'labels.category', category);
  if (service !== undefined) put(into, 'labels.service', service);
  else delete into['labels.service'];
  const own = ownNames(record);
  for (const name of Object.keys(own)) if ((into[name] ?? null) === null && !OURS.test(name)) into[name] = own[name];
}

interface Node {
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
  /** In a list: there may be others of this name. */
  readonly several: boolean;
}

/** Names joined with dots. Objects in a list give lists: `{"a": [{"b": 1}, {"b": 2}]}` has `a.b` of 1 and 2, and `a` as JSON. */
function ownNames(record: Tree): Fields {
  const own = newFields();
  const stack: Node[] = [{ name: '', value: record, depth: 0, several: false }];
  let names = 0;
  for (let node = stack.pop(); node !== undefined && names < LIMITS.fields; node = stack.pop()) {
    const { name, value, depth, several } = node;
    if (Array.isArray(value) && value.some(isObject) && depth < LIMITS.depth) {
      own[name] ??= jsonText(value);
      for (const one of value.toReversed()) stack.push({ name, value: one, depth: depth + 1, several: true });
    } else if (isTree(value) && depth < LIMITS.depth) {
      const prefix = name === '' ? '' : `${name}.`;
      for (const key of Object.keys(value).toReversed())
        stack.push({ name: prefix + key, value: value[key], depth: depth + 1, several });
    } else {
      names++;
      own[name] = several ? added(own[name], leaf(value)) : leaf(value);
    }
  }
  return own;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isScalar = (value: unknown): value is Scalar =>
  value === null || (typeof value !== 'object' && value !== undefined);

function leaf(value: unknown): FieldValue {
  if (isScalar(value)) return value;
  if (Array.isArray(value) && value.every(isScalar)) return value;
  return jsonText(value);
}

const added = (before: FieldValue | undefined, value: FieldValue): FieldValue =>
  before === undefined ? value : [before, value].flat();
