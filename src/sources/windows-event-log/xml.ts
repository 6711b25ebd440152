/**
 * A reader of the little XML that Windows writes events in: elements, attributes, text, CDATA, the five named entities and
 * characters by number. Everything else (DOCTYPE, own entities, comments, instructions) is refused, so nothing can grow out of little
 * text. Bounded in depth and in elements; one pass, no recursion.
 */
import { LIMITS } from '#contract';

export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly XmlElement[];
  /** All text directly in it. */
  readonly text: string;
}

interface Open extends XmlElement {
  readonly attributes: (readonly [string, string])[];
  readonly children: XmlElement[];
  text: string;
}

const MOST_ATTRIBUTES = 100;
const DECLARATION = /\s*<\?xml[^<>]*\?>/y;
const BLANK = /\s*/y;
const END_TAG = /<\/([\w:.-]+)\s*>/y;
const START_TAG = /<([A-Za-z_][\w:.-]*)/y;
const ATTRIBUTE = /\s+([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const START_TAG_END = /\s*(\/?)>/y;
const CDATA = '<![CDATA[';
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The one element that the text is; undefined where it is anything else. */
export function readXml(text: string): XmlElement | undefined {
  if (text.length > LIMITS.bytes) return undefined;
  const reader = { text, at: text.charCodeAt(0) === 0xfeff ? 1 : 0, elements: 0 };
  match(reader, DECLARATION);
  match(reader, BLANK);
  const root = readTree(reader);
  match(reader, BLANK);
  return reader.at === text.length ? root : undefined;
}

interface Reader {
  readonly text: string;
  at: number;
  elements: number;
}

function match(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text) ?? undefined;
  if (found !== undefined) reader.at = pattern.lastIndex;
  return found;
}

function readTree(reader: Reader): XmlElement | undefined {
  const open: Open[] = [];
  for (;;) {
    const inside = open.at(-1);
    const end = inside === undefined ? undefined : match(reader, END_TAG);
    if (inside !== undefined && end !== undefined) {
      if (end[1] !== inside.name) return undefined;
      open.pop();
      if (open.length === 0) return inside;
      continue;
    }
    if (reader.text.charCodeAt(reader.at) === 60 && !reader.text.startsWith(CDATA, reader.at)) {
      const element = readStart(reader);
      if (element === undefined || open.length >= LIMITS.depth) return undefined;
      inside?.children.push(element.open);
      if (!element.isEmpty) open.push(element.open);
      else if (inside === undefined) return element.open;
      continue;
    }
    const text = inside === undefined ? undefined : readText(reader);
    if (inside === undefined || text === undefined) return undefined;
    inside.text += text;
  }
}

function readStart(reader: Reader): { readonly open: Open; readonly isEmpty: boolean } | undefined {
  const name = match(reader, START_TAG)?.[1];
  if (name === undefined || ++reader.elements > LIMITS.fields) return undefined;
  const attributes: (readonly [string, string])[] = [];
  for (let found; (found = match(reader, ATTRIBUTE)) !== undefined;) {
    const value = unescape(found[2] ?? found[3] ?? '');
    if (value === undefined || attributes.length >= MOST_ATTRIBUTES) return undefined;
    attributes.push([found[1] ?? '', value]);
  }
  const end = match(reader, START_TAG_END);
  return end === undefined
    ? undefined
    : { open: { name, attributes, children: [], text: '' }, isEmpty: end[1] === '/' };
}

function readText(reader: Reader): string | undefined {
  const { text, at } = reader;
  if (text.startsWith(CDATA, at)) {
    const end = text.indexOf(']]>', at);
    if (end < 0) return undefined;
    reader.at = end + 3;
    return text.slice(at + CDATA.length, end);
  }
  const end = text.indexOf('<', at);
  if (end <= at) return undefined;
  reader.at = end;
  return unescape(text.slice(at, end));
}

/** Undefined where an entity is not one of ours. */
function unescape(text: string): string | undefined {
  if (!text.includes('&')) return text;
  let isKnown = true;
  const plain = text.replace(
    /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(\w{1,8}));|&/g,
    (_, decimal?: string, hex?: string, name?: string) => {
      const code = decimal === undefined ? (hex === undefined ? undefined : Number.parseInt(hex, 16)) : Number(decimal);
      if (code !== undefined && code <= 0x10ffff) return String.fromCodePoint(code);
      const character = name !== undefined && Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
      isKnown &&= character !== undefined;
      return character ?? '';
    },
  );
  return isKnown ? plain.toWellFormed() : undefined;
}
