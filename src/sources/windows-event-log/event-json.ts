/**
 * The XML of an event → the JSON that evtx_dump makes of the same event in a file, so that both are read by one parser.
 *
 *     <Data Name="A">1</Data>         "A": "1"           <A k="v">1</A>   "A": {"#attributes": {"k": "v"}, "#text": "1"}
 *     <Data>1</Data><Data>2</Data>    "Data": {"#text": ["1", "2"]}
 *     <A/>                            "A": null          <A>1</A><A>2</A>   "A_1": "1", "A": "2"
 *
 * A file knows a value's type and the XML does not. So only `System`, whose types are laid down, has numbers; event data is text. GUIDs
 * lose their braces where evtx_dump leaves these out: in `System`, and in event data that is called a GUID.
 */
import { type XmlElement, readXml } from './xml.ts';

type Json = string | number | null | readonly string[] | JsonObject;
interface JsonObject {
  [key: string]: Json;
}

export interface WindowsEvent {
  /** EventRecordID. */
  readonly id: number;
  /** When it was written, ms since the epoch, and as the event says it. */
  readonly time: number;
  readonly stamp: string;
  /** As JSON; the XML as it came, where that could not be understood. */
  readonly text: string;
  readonly isReadable: boolean;
}

const RECORD_ID = /<EventRecordID>(\d{1,15})<\/EventRecordID>/;
const CREATED = /<TimeCreated SystemTime=["']([\dTZ:.+-]{10,40})["']/;
const SYSTEM_NUMBERS = new Set(['EventID', 'Version', 'Level', 'Task', 'Opcode', 'EventRecordID']);
const SYSTEM_NUMBER_ATTRIBUTES = /^(?:Qualifiers|ProcessID|ThreadID|ProcessorID|SessionID|KernelTime|UserTime)$/;
const INTEGER = /^\d{1,15}$/;
const GUID = /^\{([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\}$/i;

/** Undefined where not even the record's number and time can be found: `System` comes first, so a cut event has them. */
export function windowsEvent(xml: string): WindowsEvent | undefined {
  const id = RECORD_ID.exec(xml)?.[1];
  const stamp = CREATED.exec(xml)?.[1];
  const time = stamp === undefined ? Number.NaN : Date.parse(stamp);
  if (id === undefined || stamp === undefined || Number.isNaN(time)) return undefined;
  const root = readXml(xml);
  const isReadable = root?.name === 'Event';
  return { id: Number(id), time, stamp, isReadable, text: isReadable ? JSON.stringify(document(root)) : xml };
}

const document = (root: XmlElement): JsonObject => {
  const all: JsonObject = {};
  put(all, root.name, valueOf(root, ''));
  return all;
};

/** `section`: the child of `Event` that it lies in, itself included. */
function valueOf(element: XmlElement, section: string): Json {
  const { name, children, text } = element;
  const attributes = attributesOf(element, section);
  if (children.length > 0) return parentOf(element, section, attributes);
  const isData = name === 'Data' && section !== 'System';
  const value = text === '' && !isData ? null : leaf(name, text, section);
  if (attributes === undefined) return value;
  return value === null ? { '#attributes': attributes } : { '#attributes': attributes, '#text': value };
}

function parentOf(element: XmlElement, section: string, attributes: JsonObject | undefined): JsonObject {
  const made: JsonObject = attributes === undefined ? {} : { '#attributes': attributes };
  const unnamed: string[] = [];
  for (const child of element.children) {
    const own = section === '' ? child.name : section;
    const label = child.name === 'Data' ? child.attributes.find(([name]) => name === 'Name')?.[1] : undefined;
    if (child.name !== 'Data' || child.children.length > 0) putOnce(made, child.name, valueOf(child, own));
    else if (label === undefined) unnamed.push(child.text);
    else putOnce(made, label, leaf(label, child.text, own));
  }
  if (unnamed.length > 0) putOnce(made, 'Data', { '#text': unnamed });
  const text = element.text.trim();
  if (text !== '') made['#text'] = text;
  return made;
}

function attributesOf({ name, attributes }: XmlElement, section: string): JsonObject | undefined {
  if (attributes.length === 0) return undefined;
  const made: JsonObject = {};
  for (const [key, value] of attributes) {
    const isNumber = section === 'System' && SYSTEM_NUMBER_ATTRIBUTES.test(key) && INTEGER.test(value);
    const isGuid = section === 'System' && (key === 'Guid' || name === 'Correlation');
    put(made, key, isNumber ? Number(value) : isGuid ? withoutBraces(value) : value);
  }
  return made;
}

function leaf(name: string, text: string, section: string): string | number {
  if (section === 'System') return SYSTEM_NUMBERS.has(name) && INTEGER.test(text) ? Number(text) : text;
  return /guid$/i.test(name) ? withoutBraces(text) : text;
}

function withoutBraces(text: string): string {
  const guid = GUID.exec(text)?.[1];
  return guid === undefined ? text : guid.toUpperCase();
}

/** Of elements that share a name the last one has it, and those before get numbers. */
function putOnce(object: JsonObject, key: string, value: Json): void {
  const before = Object.hasOwn(object, key) ? object[key] : undefined;
  if (before !== undefined) {
    let number = 1;
    while (Object.hasOwn(object, `${key}_${number}`)) number++;
    put(object, `${key}_${number}`, before);
  }
  put(object, key, value);
}

/** As a plain assignment, also for `__proto__`, which a log may well name. */
function put(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
