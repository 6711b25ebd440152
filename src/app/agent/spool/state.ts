/** What the frames add up to: where numbering, sending and every source stand. */
import { randomUUID } from 'node:crypto';
import { isPlace, type Mark, type RawRecord, type WireSource } from '#contract';
import type { Frame, FrameHead, MarkRow, Tally } from './frame.ts';

export interface State {
  epoch: string;
  /** What the epoch's number 0 is here. */
  base: number;
  server: string | undefined;
  /** Next number to give out. */
  next: number;
  /** Everything below was taken by the server, or is given up. */
  ack: number;
  /** Last moved last. */
  readonly marks: Map<string, Mark>;
  readonly tallies: Map<string, Tally>;
}

export const freshState = (next = 0): State => ({
  epoch: randomUUID(),
  base: next,
  server: undefined,
  next,
  ack: next,
  marks: new Map(),
  tallies: new Map(),
});

export const NO_TALLY: Tally = { spooled: 0, sent: 0, dropped: {} };

/** Marks kept of what has the same name before its `@`: a log's incarnations. Its follower knows no more of them itself. */
const MOST_MARKS = 256;

export function fold(state: State, { first, count, head }: Frame): void {
  state.epoch = head.epoch;
  state.base = head.base;
  state.server = head.server ?? state.server;
  state.ack = Math.max(state.ack, head.ack);
  state.next = Math.max(state.next, first + count);
  for (const [key, mark, detail] of head.marks) move(state.marks, key, mark, detail);
  for (const [source, tally] of Object.entries(head.tallies)) state.tallies.set(source, tally);
  if (head.checkpoint === true) return;
  for (const [i, source] of head.sources.entries()) add(state, source.id, head.counts[i] ?? 0);
}

function move(marks: Map<string, Mark>, key: string, mark: number, detail: string | undefined): void {
  const known = marks.get(key);
  marks.delete(key);
  // A frame repeats the marks of the one before it: they never go back.
  marks.set(key, { key, mark: Math.max(mark, known?.mark ?? 0), detail: detail ?? known?.detail ?? '' });
}

export function add(state: State, source: string, count: number): void {
  const tally = state.tallies.get(source) ?? NO_TALLY;
  state.tallies.set(source, { ...tally, spooled: tally.spooled + count });
}

/** `most`: marks of one log's incarnations. */
export function checkpointOf(state: State, most = MOST_MARKS): FrameHead {
  prune(state.marks, most);
  return {
    ...identity(state),
    checkpoint: true,
    marks: [...state.marks.values()].map(({ key, mark, detail }): MarkRow => [key, mark, detail]),
    sources: [],
    counts: [],
    tallies: Object.fromEntries(state.tallies),
  };
}

export const identity = ({ epoch, base, ack, server }: State) => ({
  epoch,
  base,
  ack,
  ...(server === undefined ? {} : { server }),
});

function prune(marks: Map<string, Mark>, most: number): void {
  const seen = new Map<string, number>();
  for (const key of [...marks.keys()].toReversed()) {
    const name = key.slice(0, key.lastIndexOf('@') + 1) || key;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    if (count > most) marks.delete(key);
  }
}

/** Which details of marks the frames of a segment have said; each is said in two frames, so that one damaged frame takes none. */
export interface Told {
  rows(moved: Iterable<Mark>): MarkRow[];
  forget(): void;
}

export function told(): Told {
  const details = new Map<string, { readonly detail: string; times: number }>();
  return {
    rows: (moved) =>
      Array.from(moved, ({ key, mark, detail }): MarkRow => {
        const known = details.get(key);
        if (known?.detail !== detail) {
          details.set(key, { detail, times: 1 });
          return [key, mark, detail];
        }
        if (known.times >= 2) return [key, mark];
        known.times += 1;
        return [key, mark, detail];
      }),
    forget: () => details.clear(),
  };
}

/** Records on their way into one frame; with none there may still be places that moved. */
export interface Draft {
  readonly count: number;
  readonly body: string;
  readonly sources: readonly WireSource[];
  readonly counts: readonly number[];
  readonly marks: ReadonlyMap<string, Mark>;
}

export function draft(records: readonly RawRecord[], hostName: string): Draft {
  const index = new Map<RawRecord['source'], number>();
  const sources: WireSource[] = [];
  const counts: number[] = [];
  const marks = new Map<string, Mark>();
  let body = '';
  let count = 0;
  for (const record of records) {
    if (record.position !== undefined) {
      const { stream, to } = record.position;
      marks.set(stream.key, { key: stream.key, mark: to, detail: stream.detail });
    }
    if (isPlace(record)) continue;
    count++;
    let at = index.get(record.source);
    if (at === undefined) {
      at = sources.push(wireSource(record.source, hostName)) - 1;
      index.set(record.source, at);
      counts.push(0);
    }
    counts[at] = (counts[at] ?? 0) + 1;
    const flags = `${record.backfill === true ? ',"b":1' : ''}${record.cut === true ? ',"c":1' : ''}`;
    body += `{"s":${at},"r":${record.received},"t":${JSON.stringify(record.text)}${flags}}\n`;
  }
  return { count, body, sources, counts, marks };
}

const wireSource = (tag: RawRecord['source'], hostName: string): WireSource => ({
  id: tag.id,
  ...(tag.host === hostName ? {} : { host: tag.host }),
  ...(tag.type === undefined ? {} : { type: tag.type }),
  ...(tag.path === undefined ? {} : { path: tag.path }),
  ...(tag.timezone === undefined ? {} : { timezone: tag.timezone }),
});
