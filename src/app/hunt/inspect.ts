/**
 * A piece → what the rules find in it. Runs in whatever thread has the piece; all pieces of one run may be in different threads, so
 * what needs the events of several (correlations) is not done here: the events that it needs are handed out.
 */
import type { Event, RuleDocument, RuleProblem, SourceTag } from '#contract';
import { compile } from '#detect';
import { WINDOWS_TYPE } from '../import/entries.ts';
import { understanding } from '../pipeline/understand.ts';
import { written } from './as-written.ts';
import type { Piece } from './piece.ts';
import { readPiece } from './records.ts';
import { shown } from './shown.ts';
import { understood } from './understood.ts';

export interface InspectorOptions {
  /** Without correlations. */
  readonly rules: readonly RuleDocument[];
  /** Ids of rules that correlations are made of: their events are handed out, and they say nothing themselves. */
  readonly correlated: readonly string[];
  /** Values of Sigma's placeholders, by name. */
  readonly placeholders: Readonly<Record<string, readonly string[]>>;
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
  /** Records mean something in their order; else they are taken in the order that costs least. */
  readonly isSequential?: boolean;
}

/** Places are 1-based and count in the piece, but for those of JSON, which count in the file. */
export interface Found {
  readonly record: number;
  /** Ids. */
  readonly rules: readonly string[];
  /** As JSON. */
  readonly event: string;
}

/** An event of correlations, whole, as JSON. */
export interface Taking {
  readonly record: number;
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
  readonly taking: readonly Taking[];
  readonly damage: readonly Damage[];
}

export interface Inspector {
  /** Rules that were taken. */
  readonly rules: number;
  readonly problems: readonly RuleProblem[];
  inspect(piece: Piece, source: PieceSource): Findings;
}

export function inspector(options: InspectorOptions): Inspector {
  const raw = options.mapping ? undefined : written(options.rules);
  const { detector, rules, problems } = compile(raw?.rules ?? options.rules, undefined, options.placeholders);
  const correlated = new Set(options.correlated);
  const understand = understanding({ timezone: options.timezone, historic: true, ownAddresses: [] }, () => undefined);

  function look(event: Event, record: number, found: Found[], taking: Taking[]): void {
    const { matches } = detector.detect({ id: `0-${record}`, event });
    if (matches.length === 0) return;
    const said = matches.filter(({ rule }) => !correlated.has(rule.id));
    if (said.length > 0) found.push({ record, rules: said.map(({ rule }) => rule.id), event: shown(event) });
    if (said.length < matches.length) taking.push({ record, event: JSON.stringify(event) });
  }

  return {
    rules: rules.length,
    problems,
    inspect(piece, source) {
      const tag = tagOf(source, piece, options);
      const found: Found[] = [];
      const taking: Taking[] = [];
      const damage: Damage[] = [];
      let records = 0;
      // Each event is let go before the next one is made: none lives long enough to be moved by the garbage collector.
      const places = readPiece(piece, source.isSequential === true, {
        onRecord(content, record) {
          const fields = typeof content === 'string' ? undefined : content;
          const text = typeof content === 'string' ? content : '';
          const made = { source: tag, received: options.now, text };
          const event = understood(fields === undefined ? made : { ...made, fields }, understand);
          if (event === undefined) return;
          records++;
          look(raw?.event(event, fields) ?? event, record, found, taking);
        },
        onDamage: (record, reason) => void damage.push({ record, reason }),
      });
      return { places, records, found: inOrder(found), taking: inOrder(taking), damage: inOrder(damage) };
    },
  };
}

/** Records of one number stay in their order. */
const inOrder = <T extends { readonly record: number }>(all: readonly T[]): readonly T[] =>
  all.toSorted((one, other) => one.record - other.record);

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
