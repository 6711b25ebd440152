/** Raw lines through the real rooms: normalize → detect → fold, with our own rules from `rules/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { folder } from '#alerts';
import type { Alert, EventId, Level, RawRecord, RuleDocument } from '#contract';
import { compile } from '#detect';
import { normalize } from '#normalize';

const RULES = join(import.meta.dirname, '../../rules');

let known: readonly RuleDocument[] | undefined;

export const ownRules = (): readonly RuleDocument[] => (known ??= readOwnRules());

function readOwnRules(): readonly RuleDocument[] {
  const files = readdirSync(RULES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yml'));
  return files.toSorted().flatMap((file) =>
    parseAllDocuments(readFileSync(join(RULES, file), 'utf8')).map((document): RuleDocument => {
      const content: unknown = document.toJS();
      return { file: `rules/${file}`, line: 1, content };
    }),
  );
}

/** A line, or the honeypot's record, and the seconds after the start at which it came. */
export interface Came {
  readonly at: number;
  readonly line: string | Readonly<Record<string, unknown>>;
}

const START = Date.UTC(2026, 0, 10, 3, 0, 0);
const LOG = { id: 'file:/var/log/auth.log', agent: 'local', host: 'nas', type: 'syslog', path: '/var/log/auth.log' };
const HONEYPOT = { id: 'honeypot', agent: 'local', host: 'nas', type: 'honeypot' };

function record({ at, line }: Came): RawRecord {
  const received = START + at * 1000;
  if (typeof line !== 'string') {
    const fields = { '@timestamp': new Date(received).toISOString(), ...line };
    return { source: HONEYPOT, received, text: '', fields };
  }
  return { source: LOG, received, text: `${new Date(received).toISOString()} nas ${line}` };
}

export interface Outcome {
  readonly alerts: readonly Alert[];
  /** Messages of the evidence, by alert title. */
  readonly evidence: ReadonlyMap<string, readonly string[]>;
}

export function run(lines: readonly Came[]): Outcome {
  const { detector, problems } = compile(ownRules());
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const alerts = folder({ alerts: [], lastAlertId: 0 });
  lines.forEach((came, ordinal) => {
    const event = normalize(record(came), { timezone: 'UTC', count: () => undefined });
    const id: EventId = `1-${ordinal}`;
    if (event !== undefined) alerts.fold(detector.detect({ id, event }).matches, { historic: false });
  });
  const changes = alerts.take();
  const told = changes.map(({ alert, evidence }) => {
    const bySlot = evidence.toSorted((left, right) => left.slot - right.slot);
    return [alert.title, bySlot.map(({ event }) => String(event['message']))] as const;
  });
  return { alerts: changes.map(({ alert }) => alert), evidence: new Map(told) };
}

/** What a person sees of an alert: `high 203.0.113.7 knocked at the honeypot ×3`. */
export const headline = ({ level, sentence, count }: { level: Level; sentence: string; count: number }): string =>
  `${level}: ${sentence} ×${count}`;
