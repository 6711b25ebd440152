/**
 * `--no-mapping`: the event under the names that it came with, for rules that were written for just these.
 *
 *     {"Event": {"System": {"EventID": 1, "Provider": {"#attributes": {"Name": …}}}, "EventData": {"Image": …}}}
 *                              → EventID, Provider_Name, Image
 *     {"a": {"b": 1}}          → a.b
 *     a line of text           → message
 *
 * A rule's log source still counts where the record says whose it is: events of Windows do, by channel and number. Any other record is looked at
 * by every rule. Labels and log sources get a prefix that tells the engine to take a rule's names as they stand.
 */
import { type Event, type Fields, type FieldValue, LIMITS, newFields, type RuleDocument, type Scalar } from '#contract';
import { AS_WRITTEN } from '#detect';

type Tree = Readonly<Record<string, unknown>>;

export interface Written {
  /** The rules, asking for the labels that `event` sets. */
  readonly rules: readonly RuleDocument[];
  /** `event`: the same record, understood; `raw`: its JSON, where it is that. */
  event(event: Event, raw: Tree | undefined): Event;
}

const PARTS = ['product', 'category', 'service'] as const;
type Part = (typeof PARTS)[number];
type Labels = Readonly<Record<Part, readonly string[]>>;

const prefixed = (word: string): string => AS_WRITTEN + word.toLowerCase();
/** The product of rules that do not name one. */
const ANY = prefixed('any');

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

export function written(documents: readonly RuleDocument[]): Written {
  const rules = documents.map(moved);
  const all = allLabels(rules);
  const labels = knownLabels();
  return {
    rules,
    event(event, raw) {
      const fields = newFields();
      fields['@timestamp'] = event['@timestamp'];
      fields['event.ingested'] = event['event.ingested'];
      const known = event['winlog.event_id'] === undefined ? all : labels(event);
      for (const part of PARTS) fields[`labels.${part}`] = known[part];
      if (raw === undefined) fields['message'] = event['event.original'] ?? event['message'];
      else if (!putWindows(fields, raw)) put(fields, '', raw, 0);
      return fields as Event;
    },
  };
}

function moved(document: RuleDocument): RuleDocument {
  const { content } = document;
  if (!isTree(content) || !isTree(content['logsource'])) return document;
  const { logsource } = content;
  const asked = PARTS.flatMap((part) => {
    const value = logsource[part];
    return typeof value === 'string' ? [[part, prefixed(value)] as const] : [];
  });
  const source = asked.length === 0 ? logsource : { product: ANY, ...Object.fromEntries(asked) };
  return { ...document, content: { ...content, logsource: source } };
}

/** Of an event that any rule may be for. */
function allLabels(rules: readonly RuleDocument[]): Labels {
  const found: Record<Part, Set<string>> = { product: new Set([ANY]), category: new Set(), service: new Set() };
  for (const { content } of rules) {
    const source = isTree(content) ? content['logsource'] : undefined;
    if (!isTree(source)) continue;
    for (const part of PARTS) if (typeof source[part] === 'string') found[part].add(source[part]);
  }
  return { product: [...found.product], category: [...found.category], service: [...found.service] };
}

/** The same object for the same labels: the engine knows them by identity. */
function knownLabels(): (event: Event) => Labels {
  const known = new Map<string, Labels>();
  return (event) => {
    const words = PARTS.map((part) => {
      const value = event[`labels.${part}`];
      return typeof value === 'string' ? value : '';
    });
    const key = words.join('\0');
    const found = known.get(key) ?? labelsOf(words);
    known.set(key, found);
    return found;
  };
}

function labelsOf([product = '', category = '', service = '']: readonly string[]): Labels {
  // Rules for the registry as a whole see each kind of its events.
  const wider = category.startsWith('registry_') ? [prefixed('registry_event')] : [];
  return {
    product: [ANY, prefixed(product)],
    category: [prefixed(category), ...wider],
    service: [prefixed(service)],
  };
}

const ASIDE: ReadonlySet<string> = new Set(['#attributes', '@attributes', '#text', 'xmlns', '@xmlns', '@Name']);

/** True where it is the XML of an event as a tree. */
function putWindows(into: Fields, raw: Tree): boolean {
  const event = isTree(raw['Event']) ? raw['Event'] : raw;
  const { System: system, EventData: data, UserData: user } = event;
  if (!isTree(system)) return false;
  for (const [name, value] of Object.entries(system)) putElement(into, name, value);
  if (isTree(data)) putData(into, data);
  else if (Array.isArray(data) && data.some(isTree)) putList(into, data);
  else if (data !== undefined) put(into, 'Data', data, 0);
  // One element stands around all others.
  if (isTree(user)) for (const inner of Object.values(user)) if (isTree(inner)) putData(into, inner);
  return true;
}

/** `"Provider": {"#attributes": {"Name": …}}` is Provider_Name. */
function putElement(into: Fields, name: string, value: unknown): void {
  if (name.endsWith('_attributes') && isTree(value)) {
    putAttributes(into, name.slice(0, -'_attributes'.length), value);
    return;
  }
  if (!isTree(value)) {
    put(into, name, value, 0);
    return;
  }
  const text = value['#text'] ?? value['Value'];
  if (text !== undefined) put(into, name, text, 0);
  const own = value['#attributes'] ?? value['@attributes'];
  putAttributes(into, name, isTree(own) ? own : value);
}

function putAttributes(into: Fields, element: string, attributes: Tree): void {
  for (const [name, value] of Object.entries(attributes))
    if (!ASIDE.has(name) && name !== 'Value') put(into, `${element}_${name.replace('@', '')}`, value, 0);
}

function putData(into: Fields, data: Tree): void {
  for (const [name, value] of Object.entries(data)) {
    if (ASIDE.has(name)) continue;
    if (name !== 'Data' || !putNamed(into, value))
      put(into, name, isTree(value) ? (value['#text'] ?? value) : value, 0);
  }
}

/** Names and texts without `Data` around them, or a list of such. */
function putList(into: Fields, list: readonly unknown[]): void {
  if (!putNamed(into, list)) for (const one of list) if (isTree(one)) putData(into, one);
}

/** `{"@Name": "Image", "#text": …}`, one or a list. */
function putNamed(into: Fields, value: unknown): boolean {
  let named = false;
  for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
    if (!isTree(one)) continue;
    const attributes = one['#attributes'];
    const name = isTree(attributes) ? attributes['Name'] : (one['@Name'] ?? one['Name']);
    if (typeof name !== 'string') continue;
    named = true;
    put(into, name, one['#text'] ?? one['Value'] ?? '', 0);
  }
  return named;
}

const isScalar = (value: unknown): value is Scalar => value === null || typeof value !== 'object';

function put(into: Fields, name: string, value: unknown, depth: number): void {
  if (isTree(value) && depth < LIMITS.depth) {
    const prefix = name === '' ? '' : `${name}.`;
    for (const [key, inner] of Object.entries(value)) put(into, prefix + key, inner, depth + 1);
  } else into[name] = leaf(value);
}

function leaf(value: unknown): FieldValue {
  if (isScalar(value)) return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  const list: readonly unknown[] = value;
  const texts = list.every(isTree) ? list.map((one) => one['#text']) : list;
  return texts.map((one) => (isScalar(one) ? one : JSON.stringify(one)));
}
