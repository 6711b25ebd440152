/**
 * Two envelopes of security appliances.
 *   CEF:0|Vendor|Product|Version|Event class|Name|Severity|key=value key=value       (ArcSight Common Event Format)
 *   LEEF:1.0|Vendor|Product|Version|Event id|key=value<TAB>key=value                 (IBM Log Event Extended Format)
 *   LEEF:2.0|Vendor|Product|Version|Event id|delimiter|key=value<delimiter>key=value
 *
 * In a header `\|` is a bar. A CEF value holds blanks and ends where the next ` key=` begins; `\=` is no such place.
 */
export type Flat = Readonly<Record<string, string>>;

const CEF_HEADER = ['device.vendor', 'device.product', 'device.version', 'device.event_class_id', 'name', 'severity'];
const LEEF_HEADER = ['device.vendor', 'device.product', 'device.version', 'event_id'];

/** `count` fields up to a bar each, from `at`; undefined where the header breaks off. */
function header(text: string, at: number, count: number): { fields: string[]; end: number } | undefined {
  const fields: string[] = [];
  let start = at;
  let escaped = false;
  for (let end = at; end < text.length && fields.length < count; end++) {
    const code = text.charCodeAt(end);
    if (code === 92) {
      escaped = true;
      end++;
    } else if (code === 124) {
      const field = text.slice(start, end);
      fields.push(escaped ? field.replace(/\\([|\\])/g, '$1') : field);
      escaped = false;
      start = end + 1;
    }
  }
  return fields.length === count ? { fields, end: start } : undefined;
}

function named(prefix: string, names: readonly string[], values: readonly string[]): Record<string, string> {
  const record: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [index, name] of names.entries()) record[`${prefix}.${name}`] = values[index] ?? '';
  return record;
}

export function cefRecord(text: string): Flat | undefined {
  const head = header(text, 4, 7);
  if (head === undefined) return undefined;
  const [version = '', ...rest] = head.fields;
  const record = named('cef', CEF_HEADER, rest);
  record['cef.version'] = version;
  extensions(text, head.end, record);
  return record;
}

/** Every ` key=` outside an escape begins a value; what stands before the first is nobody's. */
function extensions(text: string, from: number, record: Record<string, string>): void {
  let key = '';
  let start = from;
  let word = from;
  const close = (end: number): void => {
    if (key !== '') record[`cef.extensions.${key}`] ??= plainValue(text.slice(start, end).trimEnd());
  };
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 32) word = at + 1;
    else if (code === 61 && at > word && isKey(text, word, at)) {
      close(word);
      key = text.slice(word, at);
      start = at + 1;
      // A second `=` in the same word belongs to the value.
      word = text.length;
    }
  }
  close(text.length);
}

function isKey(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    if (!letter && !(code >= 48 && code <= 57) && code !== 95 && code !== 46 && code !== 91 && code !== 93)
      return false;
  }
  return true;
}

const plainValue = (value: string): string =>
  value.includes('\\')
    ? value.replace(/\\([=\\|nr])/g, (_, mark: string) => (mark === 'n' || mark === 'r' ? '\n' : mark))
    : value;

export function leefRecord(text: string): Flat | undefined {
  const bar = text.indexOf('|');
  const head = bar === -1 ? undefined : header(text, bar + 1, 4);
  if (head === undefined) return undefined;
  const record = named('leef', LEEF_HEADER, head.fields);
  record['leef.version'] = text.slice(5, bar);
  let at = head.end;
  let separator = '\t';
  if (text.startsWith('2', 5)) {
    const end = text.indexOf('|', at);
    if (end === -1) return undefined;
    separator = delimiter(text.slice(at, end));
    at = end + 1;
  }
  for (const pair of text.slice(at).split(separator)) {
    const equals = pair.indexOf('=');
    if (equals > 0) record[`leef.extensions.${pair.slice(0, equals).trim()}`] ??= pair.slice(equals + 1);
  }
  return record;
}

/** A character or its code: `^`, `x09`, `0x09`. */
function delimiter(text: string): string {
  const hex = /^0?x([0-9a-f]{1,4})$/i.exec(text)?.[1];
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  return text === '' ? '\t' : text;
}
