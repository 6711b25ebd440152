/** Hits on the output, all else on the error output: what is wrong with files and rules, how far it is, and the summary. */
import { type Level, isLevel, type RuleDocument, type WireEvent } from '#contract';
import { printable, printableJson } from '#lib/printable';
import type { Context } from '../command.ts';
import { eventLine } from '../commands/event-line.ts';
import type { FileTally, Hit, HuntMeans, Outcome } from './hunt.ts';
import type { Input } from './input.ts';
import { idOf } from './ruleset.ts';
import { counted, type RuleTally, summary } from './summary.ts';

export interface ReportOptions {
  readonly inputs: readonly Input[];
  /** Else lines for people. */
  readonly json: boolean;
  readonly context: Context;
}

export interface Reporter extends Pick<HuntMeans, 'onHit' | 'onDamage' | 'onProgress' | 'onRules'> {
  /** What rules are called. Nothing else of them is kept. */
  meet(documents: readonly RuleDocument[]): void;
  /** The summary. */
  end(outcome: Outcome, passedOver: number): void;
}

/** Damaged records and refused rules that are named one by one; the others are only counted. */
const NAMED = 10;
/** ms between two words of how far it is. */
const PACE = 5000;

export function reporter({ inputs, json, context }: ReportOptions): Reporter {
  let faces: ReadonlyMap<string, Face> = new Map();
  const tallies = new Map<string, RuleTally>();
  const began = context.now();
  const say = (line: string): void => context.err(`${printable(line)}\n`);
  return {
    meet(documents) {
      faces = facesOf(documents);
    },
    onHit(hit) {
      const face = faces.get(hit.rule) ?? { id: hit.rule, title: hit.rule, level: 'medium' };
      const tally = tallies.get(hit.rule) ?? { title: face.title, level: face.level, hits: 0, files: new Set() };
      tallies.set(hit.rule, tally);
      tally.hits++;
      tally.files.add(hit.file);
      context.out(json ? jsonLine(face, hit, inputs) : `${plainLine(face, hit, inputs, context.columns)}\n`);
    },
    onDamage: damageTeller(say),
    onProgress: pacer(inputs, context.now, say),
    onRules(rules, problems) {
      for (const { file, line, reason } of problems.slice(0, NAMED)) say(`refused: ${file}:${line}: ${reason}`);
      if (problems.length > NAMED) say(`refused: ${problems.length - NAMED} more; porchlight rules check names them`);
      say(`${counted(rules, 'rule')}, ${counted(inputs.length, 'file')}`);
    },
    end(outcome, passedOver) {
      const seconds = (context.now() - began) / 1000;
      const lines = summary({ outcome, rules: tallies.values(), seconds, passedOver });
      context.err(lines.map((line) => `${line}\n`).join(''));
    },
  };
}

interface Face {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
}

/** What rules say of themselves; the engine found nothing wrong with them. */
function facesOf(documents: readonly RuleDocument[]): ReadonlyMap<string, Face> {
  return new Map(
    documents.map((document) => {
      const { title, level } = document.content as { readonly title?: unknown; readonly level?: unknown };
      const id = idOf(document);
      return [id, { id, title: String(title ?? id), level: isLevel(level) ? level : 'medium' }];
    }),
  );
}

/** The event is JSON already. */
function jsonLine(
  { id, title, level }: Face,
  { event, file, record, evidence }: Hit,
  inputs: readonly Input[],
): string {
  const nameOf = (of: number): string => printableJson(inputs[of]?.name ?? '');
  const places = evidence?.map((place) => `{"file":${nameOf(place.file)},"record":${place.record}}`);
  const more = places === undefined ? '' : `,"events":[${places.join(',')}]`;
  return `{"rule":${printableJson({ id, title, level })},"event":${event},"file":${nameOf(file)},"record":${record}${more}}\n`;
}

function plainLine(
  face: Face,
  { event, file, record, evidence }: Hit,
  inputs: readonly Input[],
  columns: number,
): string {
  const read = JSON.parse(event) as WireEvent;
  const events = evidence === undefined || evidence.length < 2 ? '' : ` (${evidence.length} events)`;
  const place = `${inputs[file]?.name ?? ''}:${record}`;
  const head = printable(`${face.level.padEnd(13)} ${face.title}${events}  ${place}`);
  const date = String(read['@timestamp']).slice(0, 10);
  return `${head}\n${' '.repeat(14)}${date} ${eventLine(read, columns - 25)}`;
}

function damageTeller(say: (line: string) => void): HuntMeans['onDamage'] {
  const told = new Map<number, number>();
  return ({ file, name }: FileTally, record, reason) => {
    const nth = (told.get(file) ?? 0) + 1;
    told.set(file, nth);
    if (nth <= NAMED) say(`${name}: record ${record} ${reason}`);
    else if (nth === NAMED + 1) say(`${name}: more like that are only counted`);
  };
}

/** `37 %`, of all bytes on the disk. */
function pacer(inputs: readonly Input[], now: () => number, say: (line: string) => void): HuntMeans['onProgress'] {
  const total = inputs.reduce((sum, { size }) => sum + (size ?? 0), 0);
  let next = now() + PACE;
  let before = 0;
  let current = 0;
  return ({ file, name, records }, read) => {
    while (current < file) before += inputs[current++]?.size ?? 0;
    if (now() < next) return;
    next = now() + PACE;
    const share =
      read === undefined || total === 0 ? '' : `${Math.min(100, Math.floor((100 * (before + read)) / total))} %, `;
    say(`${share}${name}: ${records.toLocaleString('en-US')} records`);
  };
}
