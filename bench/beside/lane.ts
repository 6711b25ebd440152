/**
 * What is asked of each peer, on the same events. A batch is durable when `load` has resolved, as far as the peer can do that; all keep
 * the raw line. The peers keep eight columns of each event, Porchlight all its fields.
 */
import type { Event } from '#contract';
import { END } from '../store-answers.ts';

export interface Row {
  /** ms since the epoch. */
  readonly time: number;
  readonly host: string;
  readonly program: string;
  readonly user: string | null;
  readonly ip: string | null;
  readonly outcome: string | null;
  readonly level: string;
  readonly raw: string;
}

/** Comparable: the same from every peer. */
export type Answer = string;

export interface Lane {
  load(events: readonly Event[]): Promise<void>;
  /** Every 32 batches: what another thread does meanwhile. It is told of apart. */
  tidy?(): Promise<void>;
  /** What a quiet hour would do: merging, sealing. */
  settle(): Promise<void>;
  /** Bytes on the disk. */
  bytes(): number;
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

/** Undefined where this machine lacks what it needs; `folder` is empty and goes away. */
export interface Peer {
  readonly name: string;
  /** How it is set up, for those who want to judge. */
  readonly how: string;
  /** It works in the process that asks, so that its processor time can be told. */
  readonly within: boolean;
  /** Why it cannot be measured here. */
  absent(): string | undefined;
  open(folder: string): Promise<Lane>;
}

export type Question = 'newest' | 'bars' | 'address' | 'substring' | 'top';
export const QUESTIONS: Readonly<Record<Question, string>> = {
  newest: 'newest 100 of three filters',
  bars: '24 h by 10 minutes and severity',
  address: 'a rare address, 30 days',
  substring: 'a substring that is nowhere, 24 h',
  top: 'top 10 addresses, 24 h',
};

const DAY = 86_400_000;
const MINUTES = 600_000;
/** What the questions name. */
export const ASKED = {
  host: 'nas',
  user: 'root',
  outcome: 'failure',
  address: '192.0.2.250',
  words: 'nowhere-to-be-found',
  from: END - DAY,
  to: END,
  step: MINUTES,
  limit: 100,
  top: 10,
} as const;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export const rowOf = (event: Event): Row => ({
  time: event['@timestamp'],
  host: text(event['host.name']) ?? '',
  program: text(event['process.name']) ?? '',
  user: text(event['user.name']),
  ip: text(event['source.ip']),
  outcome: text(event['event.outcome']),
  level: text(event['log.level']) ?? '',
  raw: text(event['message']) ?? '',
});

/** Answers in one form. Of values that come equally often any may be the tenth: their counts are compared. */
export const answers = {
  times: (times: readonly number[]): Answer => times.join(' '),
  bars: (bars: readonly (readonly [time: number, level: string, count: number])[]): Answer =>
    bars
      .filter(([, , count]) => count > 0)
      .map((bar) => bar.join(' '))
      .toSorted()
      .join('\n'),
  counts: (counts: readonly number[]): Answer => counts.toSorted((a, b) => b - a).join(' '),
};
