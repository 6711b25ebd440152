/**
 * The event's XML as a tree of objects → record. Several programs make such trees, each with its own way to write an attribute:
 *
 *   evtx_dump, our own reader   "Provider": {"#attributes": {"Name": …}}     "EventData": {"SubjectUserName": …}
 *   … --separate-json-attributes "Provider_attributes": {"Name": …}
 *   xmltodict, python-evtx      "Provider": {"@Name": …}                     "EventData": {"Data": [{"@Name": …, "#text": …}]}
 *   Velociraptor                "Provider": {"Name": …}, "EventID": {"Value": …}
 *   converters of their own     "EventData": {"Data": [{"Name": …, "Text": …}]}, or the list without `Data` around it
 *
 * `Data` without a name comes as a text, a list, or `{"#text": …}` of either.
 */
import { LIMITS } from '#contract';
import { fieldOf } from '../fields.ts';
import { guidOf, newData, numberIn, putData, type WindowsRecord } from './record.ts';
import { isTree, keywordsOf, levelOf, type Tree, treeAt, word } from './values.ts';

/** Names of elements and attributes that are no data. */
const ASIDE: ReadonlySet<string> = new Set(['#attributes', '#text', '@xmlns', 'xmlns', '@Name', '@auto-ns2']);
const MAX_DEPTH = 8;

export function fromTree(object: Tree): WindowsRecord | undefined {
  const event = treeAt(object, 'Event') ?? object;
  const system = fieldOf(event, 'System');
  if (!isTree(system)) return undefined;
  const code = Number(word(inner(fieldOf(system, 'EventID'))));
  const provider = attribute(system, PROVIDER) ?? attribute(system, SOURCE);
  const channel = word(inner(fieldOf(system, 'Channel')));
  if (!Number.isInteger(code) || code < 0 || (provider === undefined && channel === undefined)) return undefined;
  const data = newData();
  putSection(data, fieldOf(event, 'EventData') ?? fieldOf(event, 'BinaryEventData'));
  putSection(data, fieldOf(event, 'UserData'));
  putSection(data, fieldOf(event, 'ProcessingErrorData'));
  const rendering = fieldOf(event, 'RenderingInfo');
  return {
    code,
    provider: provider ?? '',
    channel: channel ?? '',
    computer: word(inner(fieldOf(system, 'Computer'))),
    time: attribute(system, TIME) ?? fieldOf(event, 'TimeCreated'),
    data,
    rendered: word(
      isTree(rendering)
        ? inner(fieldOf(rendering, 'Message'))
        : (fieldOf(event, 'Message') ?? fieldOf(object, 'Message')),
    ),
    level: levelOf(inner(fieldOf(system, 'Level'))),
    keywords: keywordsOf(inner(fieldOf(system, 'Keywords'))),
    envelope: {
      'winlog.record_id': word(inner(fieldOf(system, 'EventRecordID'))),
      'winlog.provider_guid': guidOf(attribute(system, PROVIDER_GUID)),
      'winlog.opcode': word(inner(fieldOf(system, 'Opcode'))),
      'winlog.task': word(inner(fieldOf(system, 'Task'))),
      'winlog.version': word(inner(fieldOf(system, 'Version'))),
      'winlog.activity_id': guidOf(attribute(system, ACTIVITY)),
      'winlog.process.pid': numberIn(attribute(system, PROCESS)),
      'winlog.process.thread.id': numberIn(attribute(system, THREAD)),
      'winlog.user.identifier': attribute(system, USER),
    },
    said: undefined,
  };
}

/** An element's own value, beside its attributes. */
function inner(value: unknown): unknown {
  if (!isTree(value)) return value;
  return fieldOf(value, '#text') ?? fieldOf(value, 'Value') ?? fieldOf(value, '_') ?? fieldOf(value, '$');
}

/** A name that was put together is looked up letter by letter, so all of them stand here. */
interface Attribute {
  readonly element: string;
  readonly name: string;
  readonly aside: string;
  readonly marked: string;
}

const attributeNamed = (element: string, name: string): Attribute => ({
  element,
  name,
  aside: `${element}_attributes`,
  marked: `@${name}`,
});

const PROVIDER = attributeNamed('Provider', 'Name');
const SOURCE = attributeNamed('Provider', 'EventSourceName');
const PROVIDER_GUID = attributeNamed('Provider', 'Guid');
const TIME = attributeNamed('TimeCreated', 'SystemTime');
const ACTIVITY = attributeNamed('Correlation', 'ActivityID');
const PROCESS = attributeNamed('Execution', 'ProcessID');
const THREAD = attributeNamed('Execution', 'ThreadID');
const USER = attributeNamed('Security', 'UserID');

function attribute(system: Tree, { element, name, aside: asideName, marked }: Attribute): string | undefined {
  const aside = fieldOf(system, asideName);
  if (isTree(aside)) return word(fieldOf(aside, name));
  const node = fieldOf(system, element);
  if (!isTree(node)) return undefined;
  const own = fieldOf(node, '#attributes') ?? fieldOf(node, '@attributes') ?? fieldOf(node, '$');
  if (isTree(own)) return word(fieldOf(own, name));
  const known = fieldOf(node, name) ?? fieldOf(node, marked);
  // TimeCreated of some writers has a lower-case name.
  return typeof known === 'object' ? undefined : word(known);
}

/** `EventData` or `UserData`: names and values; what is nested deeper is joined with dots, the outermost element left out. */
export function putSection(into: ReturnType<typeof newData>, section: unknown): void {
  if (typeof section === 'string' && section.trim() !== '') putData(into, 'Data', section);
  if (Array.isArray(section)) putList(into, section);
  if (!isTree(section)) return;
  let fields = 0;
  const stack: { readonly prefix: string; readonly node: Tree; readonly depth: number }[] = [
    { prefix: '', node: section, depth: 0 },
  ];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { node } = at;
    for (const name in node) {
      if (ASIDE.has(name)) continue;
      const value = node[name];
      const isNode = isTree(value);
      if (isNode && name.endsWith('_attributes')) continue;
      if (++fields > LIMITS.fields + 1) return;
      if (name === 'Data' && putNamed(into, value)) continue;
      const own = isNode ? inner(value) : value;
      if (isNode && own === undefined && at.depth < MAX_DEPTH) {
        // `UserData` has one element around all others.
        const prefix = at.depth === 0 ? '' : `${at.prefix}${name}.`;
        stack.push({ prefix, node: value, depth: at.depth + 1 });
      } else putData(into, at.prefix === '' ? name : at.prefix + name, own ?? value);
    }
  }
}

/** Names and texts without `Data` around them; some writers put the whole of a section into a list once more. */
function putList(into: ReturnType<typeof newData>, list: readonly unknown[]): void {
  const isAround = (one: unknown): boolean => isTree(one) && typeof fieldOf(one, 'Data') === 'object';
  if (!list.some(isAround)) putNamed(into, list);
  else for (const one of list.slice(0, LIMITS.fields)) if (isTree(one)) putSection(into, one);
}

/** `{"@Name": …, "#text": …}`, one or a list. True where names were found, or nothing at all. */
function putNamed(into: ReturnType<typeof newData>, value: unknown): boolean {
  const all = Array.isArray(value) ? (value as readonly unknown[]).slice(0, LIMITS.fields + 1) : [value];
  let named = false;
  for (const one of all) {
    if (!isTree(one)) continue;
    const attributes = treeAt(one, '#attributes');
    const own =
      attributes === undefined ? (fieldOf(one, '@Name') ?? fieldOf(one, 'Name')) : fieldOf(attributes, 'Name');
    if (typeof own !== 'string') continue;
    named = true;
    putData(
      into,
      own,
      fieldOf(one, '#text') ??
        fieldOf(one, 'Text') ??
        fieldOf(one, 'text') ??
        fieldOf(one, 'Value') ??
        fieldOf(one, '_') ??
        '',
    );
  }
  if (named) return true;
  const unnamed = isTree(value) ? inner(value) : value;
  // `{"Data": {"Image": …}}`: names and values, one element further in.
  if (unnamed === undefined && isTree(value) && Object.keys(value).some((name) => !ASIDE.has(name))) return false;
  if (unnamed === undefined || unnamed === null) return true;
  putData(into, 'Data', Array.isArray(unnamed) && unnamed.length === 1 ? (unnamed[0] as unknown) : unnamed);
  return true;
}
