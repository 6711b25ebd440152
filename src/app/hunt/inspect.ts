/**
 * A piece → what the rules find in it. Runs in whatever thread has the piece; all pieces of one run may be in different threads, so
 * what needs the events of several (correlations) is not done here: the events that it needs are handed out.
 */
import type { Event, RuleDocument, RuleProblem, SourceTag } from '#contract';
import { compile } from '#detect';
import { evtxText, isEvtxDamage, lines, readEvtx } from '#sources';
import { WINDOWS_TYPE } from '../import/entries.ts';
import { understanding } from '../pipeline/understand.ts';
import { written } from './as-written.ts';
import type { Piece } from './piece.ts';
import { shown } from './shown.ts';
import { type JsonObject, parsed, recordsIn } from './wrapped.ts';

export interface InspectorOptions {
  /** Without correlations. */
  readonly rules: readonly RuleDocument[];
  /** Ids of rules that correlations are made of: their events are handed out, and they say nothing themselves. */
  readonly correlated: readonly string[];
  /** False: events keep the names that they have. */
  readonly mapping: boolean;
  /** Whose the records are, where they do not say. */
  readonly host: string;
  /** IANA name for stamps without a zone. */
  readonly timezone: string;
  /** ms since the epoch. */
  readonly now: number;
}

/** The file that a piece is of. */
export interface PieceSource {
  /** Which of the run's files. */
  readonly file: number;
  readonly name: string;
  /** Last written, ms. */
  readonly modified: number | undefined;
}

/** Places are 1-based and count in the piece, but for those of JSON, which count in the file. */
export interface Found {
  readonly record: number;
  /** Ids. */
  readonly rules: readonly string[];
  /** As JSON. */
  readonly event: string;
}

export interface Damage {
  readonly record: number;
  readonly reason: string;
}

export interface Findings {
  /** Places of the piece: lines, records. */
  readonly places: number;
  /** Records that were looked through. */
  readonly records: number;
  readonly found: readonly Found[];
  /** Events of correlations, whole, as JSON. */
  readonly taking: readonly { readonly record: number; readonly event: string }[];
  readonly damage: readonly Damage[];
}

export interface Inspector {
  /** Rules that were taken. */
  readonly rules: number;
  readonly problems: readonly RuleProblem[];
  inspect(piece: Piece, source: PieceSource): Findings;
}

type Mutable = {
  places: number;
  records: number;
  found: Found[];
  taking: { record: number; event: string }[];
  damage: Damage[];
};

export function inspector(options: InspectorOptions): Inspector {
  const raw = options.mapping ? undefined : written(options.rules);
  const { detector, rules, problems } = compile(raw?.rules ?? options.rules);
  const correlated = new Set(options.correlated);
  const understand = understanding({ timezone: options.timezone, historic: true, ownAddresses: [] }, () => undefined);

  function look(event: Event, fields: JsonObject | undefined, record: number, into: Mutable): void {
    into.records++;
    const seen = raw === undefined ? event : raw.event(event, fields);
    const { matches } = detector.detect({ id: `0-${record}`, event: seen });
    if (matches.length === 0) return;
    const said = matches.filter(({ rule }) => !correlated.has(rule.id));
    if (said.length > 0) into.found.push({ record, rules: said.map(({ rule }) => rule.id), event: shown(seen) });
    if (said.length < matches.length) into.taking.push({ record, event: JSON.stringify(seen) });
  }

  function read(text: string, fields: JsonObject | undefined, source: SourceTag, record: number, into: Mutable): void {
    const event = understand({ source, received: options.now, text, ...(fields === undefined ? {} : { fields }) });
    if (event !== undefined) look(event, fields, record, into);
  }

  function readObject(fields: JsonObject, source: SourceTag, record: number, into: Mutable): void {
    for (const one of recordsIn(fields)) {
      if (typeof one === 'string') read(one, undefined, source, record, into);
      else read('', one, source, record, into);
    }
  }

  function readLines(bytes: Uint8Array, strict: boolean, source: SourceTag, into: Mutable): void {
    const splitter = lines(0);
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const places = lineCounter(chunk);
    const take = (text: string, _from: number, to: number, cut: boolean): void => {
      const record = places(to);
      const object = isRecord(text) ? parsed(text) : undefined;
      if (object !== undefined) readObject(object, source, record, into);
      else if (strict && isRecord(text)) {
        into.damage.push({ record, reason: cut ? 'is longer than 1 MiB' : 'is no JSON' });
      } else read(text, undefined, source, record, into);
    };
    splitter.push(chunk, take);
    splitter.flush(take);
    into.places = places(chunk.length);
  }

  function readJson(piece: Piece & { format: 'json' }, source: SourceTag, into: Mutable): void {
    const { bytes, spans, numbers } = piece;
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    into.damage.push(...piece.damage);
    for (const [at, record] of numbers.entries()) {
      const object = parsed(chunk.toString('utf8', spans[2 * at], spans[2 * at + 1]));
      if (object === undefined) into.damage.push({ record, reason: 'is no JSON' });
      else readObject(object, source, record, into);
    }
  }

  function readLog({ bytes, at }: Piece & { format: 'evtx' }, source: SourceTag, into: Mutable): void {
    for (const item of readEvtx(bytes)) {
      if (isEvtxDamage(item)) {
        // The header stands before every piece: only the first one tells of it.
        if (item.damaged === 'file' && at > 0) continue;
        into.damage.push({ record: into.places + 1, reason: `${item.damaged} at byte ${item.at + at} ${item.reason}` });
        continue;
      }
      into.places++;
      const { record } = item;
      const object = typeof record === 'object' && record !== null ? (record as JsonObject) : parsed(evtxText(item));
      if (object !== undefined) read('', object, source, into.places, into);
    }
  }

  return {
    rules: rules.length,
    problems,
    inspect(piece, source) {
      const into: Mutable = { places: 0, records: 0, found: [], taking: [], damage: [] };
      const tag = tagOf(source, piece, options);
      if (piece.format === 'json') readJson(piece, tag, into);
      else if (piece.format === 'evtx') readLog(piece, tag, into);
      else readLines(piece.bytes, piece.format === 'jsonl', tag, into);
      return into;
    },
  };
}

const isRecord = (text: string): boolean => /^\s*\{/.test(text);

function tagOf({ file, name, modified }: PieceSource, { format }: Piece, { host }: InspectorOptions): SourceTag {
  return {
    id: `hunt:${file}`,
    agent: 'local',
    host,
    path: name,
    ...(format === 'evtx' ? { type: WINDOWS_TYPE } : {}),
    ...(modified === undefined ? {} : { written: modified }),
  };
}

/** Numbers of lines by the place of their end, asked in order. */
function lineCounter(chunk: Buffer): (end: number) => number {
  let line = 0;
  let at = 0;
  return (end) => {
    let last = at - 1;
    for (let next = chunk.indexOf(10, at); next >= 0 && next < end; next = chunk.indexOf(10, next + 1)) {
      line++;
      last = next;
    }
    at = Math.max(at, last + 1);
    // A last line may have no end.
    return at < end ? line + 1 : line;
  };
}
