/**
 * A record → its event, as the server would understand it. What nobody named and no parser knew is then told by its fields: a server knows where its
 * records come from, a hunt has only the file.
 */
import { type Event, type Fields, type FieldValue, LIMITS, newFields, type RawRecord, type Scalar } from '#contract';
import { withChannel } from './bare-windows.ts';
import { told, type Told } from './told.ts';

type Tree = Readonly<Record<string, unknown>>;
type Understand = (record: RawRecord) => Event | undefined;

/** undefined for a blank line. */
export function understood(record: RawRecord, understand: Understand): Event | undefined {
  const event = understand(record);
  const product = event?.['labels.product'];
  if (event === undefined || product === 'linux') return withData(event);
  const { fields } = record;
  if (fields === undefined) return event;
  if (product === 'windows' && fields['InterfaceUuid'] === undefined) return event;
  const bare = product === 'generic' ? withChannel(fields) : undefined;
  if (bare !== undefined) return understand({ ...record, fields: bare });
  const source = told(fields, product);
  return source === undefined ? event : labelled(event, source, fields);
}

const DATA = 'winlog.event_data.';

/** Sysmon for Linux: rules for Linux look for its data under their own names only. */
function withData(event: Event | undefined): Event | undefined {
  if (event?.['winlog.channel'] === undefined) return event;
  const into: Fields = event;
  for (const name of Object.keys(event)) if (name.startsWith(DATA)) into[name.slice(DATA.length)] ??= event[name];
  return event;
}

/** Rules for such a log source name its fields as the log does: what the event has under other names is there under these, too. */
function labelled(event: Event, { product, category, service }: Told, record: Tree): Event {
  const into: Fields = event;
  if (product !== undefined) into['labels.product'] = product;
  if (category !== undefined) into['labels.category'] = category;
  if (service !== undefined) into['labels.service'] = service;
  else delete into['labels.service'];
  const own = ownNames(record);
  for (const name of Object.keys(own)) if (into[name] === undefined || into[name] === null) into[name] = own[name];
  return event;
}

/** The longest path that is followed, and how many names a record may come to. */
const DEEPEST = LIMITS.depth;

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
    if (Array.isArray(value) && value.some(isObject) && depth < DEEPEST) {
      own[name] ??= JSON.stringify(value);
      for (const one of value.toReversed()) stack.push({ name, value: one, depth: depth + 1, several: true });
    } else if (isTree(value) && depth < DEEPEST) {
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
const isTree = (value: unknown): value is Tree => isObject(value) && !Array.isArray(value);
const isScalar = (value: unknown): value is Scalar =>
  value === null || (typeof value !== 'object' && value !== undefined);

function leaf(value: unknown): FieldValue {
  if (isScalar(value)) return value;
  if (Array.isArray(value) && value.every(isScalar)) return value;
  return JSON.stringify(value) ?? '';
}

const added = (before: FieldValue | undefined, value: FieldValue): FieldValue =>
  before === undefined ? value : [before, value].flat();
