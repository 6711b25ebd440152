/**
 * Which parser reads a line. Evidence, strongest first:
 *
 *   1. the program that the envelope names          `sshd[811]: …`      its parsers, and nobody else
 *   2. the type that the source's owner declared    `--type nginx`
 *   3. the path of the file                         `/var/log/nginx/access.log`
 *   4. the names in a record                        `{"request":{"remote_ip":…`
 *   5. texts in the message                         `Failed login attempt for username "`
 *
 * Of several signatures that fit, the one that asks for more text (or more names) is tried first, then by name: the order of
 * the table of parsers decides nothing. The first parser that reads something from the line has it. Where none does, the line
 * is not guessed at: it belongs to the first parser of 1–3, or to nobody.
 *
 * Signatures are not tried one after the other: one pass over the message finds the texts that occur (`literals.ts`).
 */
import type { Fields } from '#contract';
import type { Line, Parser, RecordSignature, Signature } from '../parsers/parser.ts';
import { fieldOf } from '../fields.ts';
import { type Literals, literals } from './literals.ts';

/** Signatures are looked for in this much of a message. */
const LOOK = 4096;
/** A shorter text would be in every other line. */
const MIN_LITERAL = 3;

export interface TextSignature {
  readonly parser: Parser;
  readonly signature: Signature;
  /** All of its texts, the longest first. */
  readonly texts: readonly string[];
  /** Those that are still to be looked for when the longest was found and the message begins as it should. */
  readonly others: readonly string[];
  readonly weight: number;
}

export interface KeySignature {
  readonly parser: Parser;
  readonly signature: RecordSignature;
  readonly values: readonly (readonly [key: string, wanted: string | number | boolean | RegExp])[];
  readonly weight: number;
}

export interface Dispatcher {
  byProgram(program: string): readonly Parser[];
  byType(type: string): readonly Parser[];
  byPath(path: string): readonly Parser[];
  /** What may read the message, the most specific first. `refused` hears why a candidate was ruled out. */
  byText(message: string, refused?: (candidate: TextSignature, reason: string) => void): readonly Parser[];
  /** What the first of them reads; whoever stands behind it is not looked at. */
  readText<T>(
    message: string,
    line: Line,
    read: (parser: Parser, message: string, line: Line) => T | undefined,
  ): T | undefined;
  byKeys(record: Fields, refused?: (candidate: KeySignature, reason: string) => void): readonly Parser[];
  /** Signatures for which these names are enough, the most specific first: what is left are the values. */
  signaturesOf(names: readonly string[]): readonly KeySignature[];
}

const NONE: readonly Parser[] = [];

export function createDispatcher(parsers: readonly Parser[]): Dispatcher {
  const programs = groups(parsers, (parser) => parser.programs);
  const types = groups(parsers, (parser) => [parser.name, ...parser.programs, ...(parser.types ?? [])].map(plain));
  const paths = [...groups(parsers, (parser) => parser.paths ?? [])].toSorted(
    ([a], [b]) => b.length - a.length || (a < b ? -1 : 1),
  );
  const { byProgram } = programIndex(programs);
  return {
    byProgram,
    byType: (type) => types.get(plain(type)) ?? NONE,
    byPath(path) {
      const low = path.toLowerCase().replaceAll('\\', '/');
      return [...new Set(paths.flatMap(([piece, list]) => (low.includes(piece) ? list : [])))];
    },
    ...textIndex(parsers),
    ...keyIndex(parsers),
  };
}

/** `Nginx Proxy Manager`, `nginx-proxy-manager` and `nginx_proxy_manager` are one type. */
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '');

/** Whoever claims fewer names is the more specific; then by name. */
function groups(parsers: readonly Parser[], names: (parser: Parser) => readonly string[]): Map<string, Parser[]> {
  const found = new Map<string, Parser[]>();
  for (const parser of parsers) {
    for (const name of new Set(names(parser))) {
      const list = found.get(name);
      if (list === undefined) found.set(name, [parser]);
      else list.push(parser);
    }
  }
  for (const [name, list] of found) {
    const own = (parser: Parser): number => (plain(parser.name) === plain(name) ? 0 : 1);
    list.sort((a, b) => own(a) - own(b) || a.programs.length - b.programs.length || (a.name < b.name ? -1 : 1));
  }
  return found;
}

/** Tags come from outside: so many are remembered, then all are forgotten. */
const MAX_TAGS = 4096;

/** `CRON`, `sshd`, `/usr/sbin/sshd`, `(sshd)`, `polkitd(authority=local)`, `postfix/smtpd`, `docker/nginx` and `php-fpm8.2` name their programs. */
function programIndex(programs: ReadonlyMap<string, readonly Parser[]>): Pick<Dispatcher, 'byProgram'> {
  const known = new Map<string, readonly Parser[]>();
  function find(program: string): readonly Parser[] {
    const name = program
      .replace(/^\((.*)\)$/, '$1')
      .replace(/(.)\([^()]*\)$/, '$1')
      .toLowerCase();
    const slash = name.lastIndexOf('/');
    const last = name.slice(slash + 1);
    return (
      programs.get(name) ??
      programs.get(last) ??
      (slash === -1 ? undefined : programs.get(name.slice(0, name.indexOf('/') + 1))) ??
      programs.get(last.replace(/\d+(?:\.\d+)*(?=-|$)/, '').replace(/-$/, '')) ??
      NONE
    );
  }
  return {
    byProgram(program) {
      const before = known.get(program);
      if (before !== undefined) return before;
      if (known.size >= MAX_TAGS) known.clear();
      const found = find(program);
      known.set(program, found);
      return found;
    },
  };
}

function textSignature(parser: Parser, signature: Signature): TextSignature {
  const all = [...(signature.starts === undefined ? [] : [signature.starts]), ...(signature.has ?? [])];
  const texts = all.toSorted((a, b) => b.length - a.length);
  if ((texts[0] ?? '').length < MIN_LITERAL) throw new Error(`${parser.name}: a signature needs a text to look for`);
  const others = texts.filter((text, at) => at > 0 && text !== signature.starts);
  return { parser, signature, texts, others, weight: texts.reduce((sum, text) => sum + text.length, 0) };
}

const heavierFirst = (a: TextSignature | KeySignature, b: TextSignature | KeySignature): number =>
  b.weight - a.weight || (a.parser.name < b.parser.name ? -1 : a.parser.name > b.parser.name ? 1 : 0);

function textIndex(parsers: readonly Parser[]): Pick<Dispatcher, 'byText' | 'readText'> {
  const all = parsers
    .flatMap((parser) => (parser.signatures ?? []).map((signature) => textSignature(parser, signature)))
    .toSorted(heavierFirst);
  const candidates = candidatesOf(all);
  return {
    byText(message, refused) {
      const fitting: Parser[] = [];
      for (const candidate of candidates(message)) {
        const reason = whyNot(candidate, message, refused !== undefined);
        if (reason !== undefined) refused?.(candidate, reason);
        else if (!fitting.includes(candidate.parser)) fitting.push(candidate.parser);
      }
      return fitting;
    },
    readText(message, line, read) {
      let last: Parser | undefined;
      let others: Parser[] | undefined;
      for (const candidate of candidates(message)) {
        const { parser } = candidate;
        if (parser === last || others?.includes(parser) === true || whyNot(candidate, message, false) !== undefined)
          continue;
        const result = read(parser, message, line);
        if (result !== undefined) return result;
        if (last !== undefined) (others ??= []).push(last);
        last = parser;
      }
      return undefined;
    },
  };
}

const NO_CANDIDATES: readonly TextSignature[] = [];

/** Whose longest text is in the message, in their own order. */
function candidatesOf(all: readonly TextSignature[]): (message: string) => readonly TextSignature[] {
  /** Made for the first message that needs it: a start has other things to do. */
  let index: Literals | undefined;
  let hits: number[] = [];
  const found = (at: number): void => {
    let place = hits.length;
    while (place > 0 && (hits[place - 1] ?? 0) > at) place--;
    if (place > 0 && hits[place - 1] === at) return;
    hits.push(at);
    for (let from = hits.length - 1; from > place; from--) hits[from] = hits[from - 1] ?? 0;
    hits[place] = at;
  };
  return (message) => {
    index ??= literals(all.map(({ texts }) => texts[0] ?? ''));
    hits = [];
    index.scan(message, 0, Math.min(message.length, LOOK), found);
    return hits.length === 0 ? NO_CANDIDATES : hits.map((at) => all[at]).filter((one) => one !== undefined);
  };
}

/** A reason that nobody hears: putting the words together costs more than the tests do. */
const UNSAID = '';

/** Its longest text is in the message: that is how it came to be a candidate. */
function whyNot({ signature, others }: TextSignature, message: string, heard: boolean): string | undefined {
  if (signature.starts !== undefined && !message.startsWith(signature.starts)) {
    return heard ? `does not begin with ${JSON.stringify(signature.starts)}` : UNSAID;
  }
  for (const text of others) {
    if (!message.includes(text)) return heard ? `does not hold ${JSON.stringify(text)}` : UNSAID;
  }
  const fits = signature.fits === undefined ? signature.test?.test(message) : signature.fits(message);
  if (fits === false) return heard ? `is not shaped as ${String(signature.test)}` : UNSAID;
  return undefined;
}

function keyIndex(parsers: readonly Parser[]): Pick<Dispatcher, 'byKeys' | 'signaturesOf'> {
  const all = parsers
    .flatMap((parser) =>
      (parser.records ?? []).map((signature) => ({
        parser,
        signature,
        values: Object.entries(signature.values ?? {}),
        weight: signature.keys.length + 2 * Object.keys(signature.values ?? {}).length,
      })),
    )
    .toSorted(heavierFirst);
  const byKey = new Map<string, number[]>();
  for (const [index, { parser, signature }] of all.entries()) {
    const key = signature.keys[0];
    if (key === undefined) throw new Error(`${parser.name}: a record's signature needs a name`);
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [index]);
    else list.push(index);
  }
  const hitBy = (names: readonly string[]): readonly KeySignature[] =>
    names
      .flatMap((name) => byKey.get(name) ?? [])
      .toSorted((a, b) => a - b)
      .map((index) => all[index])
      .filter((one) => one !== undefined);
  return {
    byKeys(record, refused) {
      const fitting: Parser[] = [];
      for (const candidate of hitBy(Object.keys(record))) {
        const reason = whyNotRecord(candidate, record, refused !== undefined);
        if (reason !== undefined) refused?.(candidate, reason);
        else if (!fitting.includes(candidate.parser)) fitting.push(candidate.parser);
      }
      return fitting;
    },
    signaturesOf: (names) => hitBy(names).filter(({ signature }) => signature.keys.every((key) => names.includes(key))),
  };
}

function whyNotRecord(candidate: KeySignature, record: Fields, heard: boolean): string | undefined {
  for (const key of candidate.signature.keys)
    if (fieldOf(record, key) === undefined) return heard ? `has no ${key}` : UNSAID;
  for (const [key, wanted] of candidate.values)
    if (!holds(record, key, wanted)) return heard ? `${key} is not ${String(wanted)}` : UNSAID;
  return undefined;
}

function holds(record: Fields, key: string, wanted: KeySignature['values'][number][1]): boolean {
  const value = fieldOf(record, key);
  return wanted instanceof RegExp ? typeof value === 'string' && wanted.test(value) : value === wanted;
}

/** Of a record that has the signature's names. */
export function hasValues({ values }: KeySignature, record: Fields): boolean {
  for (const [key, wanted] of values) if (!holds(record, key, wanted)) return false;
  return true;
}
