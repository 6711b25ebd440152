/**
 * `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>…` as Windows renders it → the tree that evtx_dump makes:
 *
 *   <A k='v'>1</A>   "A": {"#attributes": {"k": "v"}, "#text": "1"}      <Data Name='A'>1</Data>   "Data": [{"@Name": "A", "#text": "1"}]
 *
 * One pass; no entity but XML's own five and numbers, no document type, no external anything. What is broken or too deep is no event.
 */
import type { Tree } from './values.ts';

const MAX_ELEMENTS = 4000;
const MAX_DEPTH = 24;

interface Open {
  readonly name: string;
  readonly node: Record<string, unknown>;
  text: string;
}

/** A namespace's prefix means nothing here. */
const NAME = /[\w.:-]+/y;
const ATTRIBUTE = /\s*([\w.:-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const ENTITY = /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (whole: string, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const newNode = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

/** Whether a text is worth the try. */
export const mayBeXmlEvent = (text: string): boolean =>
  text.startsWith('<Event ') || text.startsWith('<Event>') || (text.startsWith('<?xml') && text.includes('<Event', 5));

export function xmlEvent(text: string): Tree | undefined {
  const root: Open = { name: '', node: newNode(), text: '' };
  const open: Open[] = [root];
  let elements = 0;
  for (let at = text.indexOf('<'); at !== -1;) {
    const end = markup(text, at, open);
    if (end === undefined || ++elements > 2 * MAX_ELEMENTS || open.length > MAX_DEPTH) return undefined;
    const next = text.indexOf('<', end);
    const top = open.at(-1);
    if (next > end && top !== undefined && top !== root) top.text += plain(text.slice(end, next));
    at = next;
  }
  return open.length === 1 && root.node['Event'] !== undefined ? root.node : undefined;
}

/** One tag; where it ends, or undefined for what is no well-formed tag. */
function markup(text: string, at: number, open: Open[]): number | undefined {
  if (text.startsWith('<![CDATA[', at)) return cdata(text, at, open);
  if (text.startsWith('<?', at)) return behind(text, '?>', at);
  if (text.startsWith('<!--', at)) return behind(text, '-->', at);
  if (text.startsWith('</', at)) return closing(text, at, open);
  return opening(text, at, open);
}

function behind(text: string, mark: string, at: number): number | undefined {
  const end = text.indexOf(mark, at);
  return end === -1 ? undefined : end + mark.length;
}

function cdata(text: string, at: number, open: Open[]): number | undefined {
  const end = behind(text, ']]>', at);
  const top = open.at(-1);
  if (end !== undefined && top !== undefined) top.text += text.slice(at + 9, end - 3);
  return end;
}

function closing(text: string, at: number, open: Open[]): number | undefined {
  const end = behind(text, '>', at);
  const top = open.at(-1);
  if (end === undefined || top === undefined || open.length < 2) return undefined;
  if (localName(text.slice(at + 2, end - 1).trimEnd()) !== top.name) return undefined;
  close(open);
  return end;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function opening(text: string, at: number, open: Open[]): number | undefined {
  NAME.lastIndex = at + 1;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return undefined;
  const node = newNode();
  let end = at + 1 + name.length;
  let attributes: Record<string, unknown> | undefined;
  for (;;) {
    ATTRIBUTE.lastIndex = end;
    const found = ATTRIBUTE.exec(text);
    if (found === null) break;
    attributes ??= newNode();
    attributes[found[1] ?? ''] = plain(found[2] ?? found[3] ?? '');
    end = ATTRIBUTE.lastIndex;
  }
  if (attributes !== undefined) node['#attributes'] = attributes;
  while (text.charCodeAt(end) <= 32) end++;
  const empty = text.charAt(end) === '/';
  if (text.charAt(empty ? end + 1 : end) !== '>') return undefined;
  open.push({ name: localName(name), node, text: '' });
  if (empty) close(open);
  return end + (empty ? 2 : 1);
}

/** The innermost element becomes a value of the one around it; elements of one name become a list. */
function close(open: Open[]): void {
  const { name, node, text } = open.pop() ?? { name: '', node: newNode(), text: '' };
  const around = open.at(-1)?.node;
  if (around === undefined) return;
  const keys = Object.keys(node);
  const isLeaf = keys.length === 0 || (keys.length === 1 && keys[0] === '#attributes');
  if (isLeaf && (keys.length === 0 || text !== '')) node['#text'] = text;
  const value = keys.length === 0 ? text : node;
  const before = around[name];
  if (before === undefined) around[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else around[name] = [before, value];
}
