/**
 * Sigma as the specification reads, one sentence after the other: a rule's YAML and an event in, yes or no out. It is slow,
 * keeps nothing and shares no code with the engine, which is held against it. It believes that the rule is sound.
 */
type Scalar = string | number | boolean | null;
export type NaiveEvent = Readonly<Record<string, Scalar | readonly Scalar[] | undefined>>;
type Yaml = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Yaml => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** "Case-insensitive": letter by letter, the large and the small sigma and the sharp s as Unicode folds them. */
const caseless = (text: string): string =>
  Array.from(text, (letter) => (letter === 'ı' ? letter : letter.toLowerCase().toUpperCase().toLowerCase()))
    .join('')
    .replaceAll('ς', 'σ');

/** A value of a rule, letter by letter: a letter, or one of the two wildcards. */
type Sign = string | typeof ANY | typeof ONE;
const ANY: unique symbol = Symbol('*');
const ONE: unique symbol = Symbol('?');

function signs(value: string): Sign[] {
  const found: Sign[] = [];
  const letters = Array.from(value);
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] ?? '';
    const next = letters[i + 1] ?? '';
    if (letter === '\\' && ['*', '?', '\\'].includes(next)) {
      found.push(next);
      i++;
    } else found.push(letter === '*' ? ANY : letter === '?' ? ONE : letter);
  }
  return found;
}

const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, (sign) => `\\${sign}`);

function likeness(value: readonly Sign[], cased: boolean): (text: string) => boolean {
  const source = value
    .map((sign) => (sign === ANY ? '.*' : sign === ONE ? '.' : quoted(cased ? sign : caseless(sign))))
    .join('');
  const regex = new RegExp(`^${source}$`, 'su');
  return (text) => regex.test(cased ? text : caseless(text));
}

const DASHES = ['-', '/', '–', '—', '―'];
const isWord = (sign: Sign | undefined): boolean => typeof sign === 'string' && /[\p{L}\p{N}_]/u.test(sign);

/** "All possible permutations" of the dashes that begin a word. */
function dashed(value: readonly Sign[]): readonly (readonly Sign[])[] {
  let all: (readonly Sign[])[] = [[]];
  for (const [i, sign] of value.entries()) {
    const free = DASHES.some((dash) => dash === sign) && !isWord(value[i - 1]) && isWord(value[i + 1]);
    const here: readonly Sign[] = free ? DASHES : [sign];
    all = all.flatMap((start) => here.map((one): readonly Sign[] => [...start, one]));
  }
  return all;
}

type Encoding = BufferEncoding | 'utf16be';
/** In the encoding, one sign a byte; wildcards stay. */
function wide(value: readonly Sign[], encoding: Encoding): readonly Sign[] {
  return value.flatMap((sign): readonly Sign[] => {
    if (typeof sign !== 'string') return [sign];
    const bytes = Buffer.from(sign, 'utf16le');
    if (encoding === 'utf16be') bytes.swap16();
    return Array.from(bytes, (byte) => String.fromCharCode(byte));
  });
}

/** What stays the same of the Base64 of a text whatever stands before and after it, for each of the three places. */
function anywhere(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((before) => {
    const forms = [0x00, 0xff].map((filler) =>
      Buffer.concat([
        Buffer.alloc(before, filler),
        bytes,
        Buffer.alloc(6 - ((before + bytes.length) % 3), filler),
      ]).toString('base64'),
    );
    const [one = '', other = ''] = forms;
    const same = Array.from(one, (letter, i) => (letter === other[i] ? letter : ' ')).join('');
    return same.trim();
  });
}

interface State {
  values: readonly (readonly Sign[])[];
  binary: boolean;
}

/** One after the other, in written order. */
function transformed(value: string, modifiers: readonly string[]): readonly (readonly Sign[])[] {
  let state: State = { values: [signs(value)], binary: false };
  const bytes = (text: readonly Sign[]): Buffer =>
    Buffer.from(text.map(String).join(''), state.binary ? 'latin1' : 'utf8');
  for (const modifier of modifiers) {
    const { values, binary } = state;
    if (modifier === 'contains') state = { values: values.map((text) => [ANY, ...text, ANY]), binary };
    if (modifier === 'startswith') state = { values: values.map((text) => [...text, ANY]), binary };
    if (modifier === 'endswith') state = { values: values.map((text) => [ANY, ...text]), binary };
    if (modifier === 'windash') state = { values: values.flatMap(dashed), binary };
    if (modifier === 'wide' || modifier === 'utf16le' || modifier === 'utf16')
      state = { values: values.map((text) => wide(text, 'utf16le')), binary: true };
    if (modifier === 'utf16be') state = { values: values.map((text) => wide(text, 'utf16be')), binary: true };
    if (modifier === 'base64')
      state = { values: values.map((text) => Array.from(bytes(text).toString('base64'))), binary: false };
    if (modifier === 'base64offset')
      state = {
        values: values.flatMap((text) => anywhere(bytes(text)).map((form) => Array.from(form))),
        binary: false,
      };
  }
  return state.values;
}

const numeric = (value: unknown): number =>
  typeof value === 'number'
    ? value
    : typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value)
      ? Number(value)
      : Number.NaN;

function inRange(text: string, range: string): boolean {
  const number = (address: string): bigint | undefined => {
    const parts = address.split('.');
    return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
      ? parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n)
      : undefined;
  };
  const [base = '', bits = '32'] = range.split('/');
  const [one, other] = [number(text), number(base)];
  const shift = BigInt(32 - Number(bits));
  return one !== undefined && other !== undefined && one >> shift === other >> shift;
}

const ORDER: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  lt: (left, right) => left < right,
  lte: (left, right) => left <= right,
  gt: (left, right) => left > right,
  gte: (left, right) => left >= right,
};

function dated(found: Scalar, part: string): number {
  const text = typeof found === 'number' ? new Date(found).toISOString() : String(found);
  const [whole, year, month, day, hour = '0', minute = '0'] =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?/.exec(text) ?? [];
  if (whole === undefined) return Number.NaN;
  const fields: Readonly<Record<string, string | undefined>> = { year, month, day, hour, minute };
  return Number(fields[part] ?? Number.NaN);
}

/** PCRE as far as V8 has it; `(?i)` may stand at the beginning, and there a brace may be a brace. */
function expression(source: string, modifiers: readonly string[]): RegExp {
  const either = modifiers.includes('i') || source.startsWith('(?i)');
  return new RegExp(source.replace(/^\(\?i\)/, ''), either ? 'i' : '');
}

/** Does one value of the event fit one value of the rule? */
function fits(found: Scalar, wanted: unknown, modifiers: readonly string[], event: NaiveEvent): boolean {
  if (wanted === null) return found === null;
  if (found === null) return false;
  const cased = modifiers.includes('cased');
  if (modifiers.includes('fieldref')) {
    const how = modifiers.find((name) => ['contains', 'startswith', 'endswith'].includes(name));
    return listOf(event[String(wanted)] ?? []).some((other) => {
      if (other === null) return false;
      const [left, right] = cased ? [String(found), String(other)] : [caseless(String(found)), caseless(String(other))];
      if (how === 'contains') return left.includes(right);
      return how === 'startswith' ? left.startsWith(right) : how === 'endswith' ? left.endsWith(right) : left === right;
    });
  }
  if (modifiers.includes('re')) return expression(String(wanted), modifiers).test(String(found));
  if (modifiers.includes('cidr')) return typeof found === 'string' && inRange(found, String(wanted));
  const part = modifiers.find((name) => ['minute', 'hour', 'day', 'month', 'year'].includes(name));
  const order = modifiers.find((name) => Object.hasOwn(ORDER, name));
  const left = part === undefined ? numeric(found) : dated(found, part);
  if (order !== undefined) return ORDER[order]?.(left, numeric(wanted)) === true;
  if (part !== undefined) return left === numeric(wanted);
  const plain = modifiers.every((name) => ['all', 'neq'].includes(name));
  if (plain && typeof wanted === 'number') return numeric(found) === wanted;
  if (plain && typeof found === 'number' && found === numeric(wanted)) return true;
  return transformed(String(wanted), modifiers).some((value) => likeness(value, cased)(String(found)));
}

/** What is said of the event is no part of what its log says. */
const IGNORED =
  /^(@timestamp|agent\.id|event\.(ingested|dataset|kind|category|type|action|outcome)|log\.file\.path|(labels|porchlight)\..*)$/;

function item(key: string, given: unknown, event: NaiveEvent): boolean {
  const [field = '', ...modifiers] = key.split('|');
  if (modifiers.includes('exists')) return (event[field] !== undefined) === given;
  const keyword = field === '';
  const searched = Object.keys(event).filter((name) => !IGNORED.test(name));
  const found = keyword ? searched.map((name) => event[name]) : [event[field]];
  const values = found.flatMap((value): readonly Scalar[] =>
    Array.isArray(value) && value.length > 0
      ? value
      : [Array.isArray(value) || value === undefined ? null : (value as Scalar)],
  );
  const how = keyword && !modifiers.includes('re') ? [...modifiers, 'contains'] : modifiers;
  const has = (wanted: unknown): boolean => values.some((value) => fits(value, wanted, how, event));
  const result = modifiers.includes('all') ? listOf(given).every(has) : listOf(given).some(has);
  return modifiers.includes('neq') ? !result : result;
}

function identifier(search: unknown, event: NaiveEvent): boolean {
  if (isMap(search)) return Object.entries(search).every(([key, given]) => item(key, given, event));
  return listOf(search).some((entry) => (isMap(entry) ? identifier(entry, event) : item('', entry, event)));
}

/** The condition as words; `of` is replaced by what it says, then it is read by precedence. */
function holds(words: string, names: ReadonlyMap<string, boolean>): boolean {
  const tokens = words.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const or = (): boolean => {
    let result = and();
    while (tokens[at] === 'or') {
      at++;
      const right = and();
      result = result || right;
    }
    return result;
  };
  const and = (): boolean => {
    let result = not();
    while (tokens[at] === 'and') {
      at++;
      const right = not();
      result = result && right;
    }
    return result;
  };
  const not = (): boolean => {
    const word = tokens[at++] ?? '';
    if (word === 'not') return !not();
    if (word === '(') {
      const result = or();
      at++;
      return result;
    }
    if (tokens[at] !== 'of') return names.get(word) === true;
    const target = tokens[at + 1] ?? '';
    at += 2;
    const fitting = Array.from(names).filter(([name]) =>
      target === 'them' ? !name.startsWith('_') : new RegExp(`^${target.replaceAll('*', '.*')}$`).test(name),
    );
    return word === 'all' ? fitting.every(([, value]) => value) : fitting.some(([, value]) => value);
  };
  return or();
}

/** Does a rule with this `detection` section match? */
export function naive(detection: Yaml, event: NaiveEvent): boolean {
  const { condition, ...searches } = detection;
  const names = new Map(Object.entries(searches).map(([name, search]) => [name, identifier(search, event)] as const));
  return listOf(condition).some((words) => holds(String(words), names));
}
