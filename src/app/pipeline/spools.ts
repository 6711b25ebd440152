/**
 * Where each agent's spools stand. A spool is a stream of its own among the marks, `agent:NAME/EPOCH`; its mark is the next number
 * expected. What else has to be known when the agent comes with another spool lies in the mark's detail: a lost spool is a loss, and
 * nobody but the server is left to say how large.
 */
import type { AgentReport } from '#contract';
import type { AgentCommit } from '#store';
import type { Marks } from '../marks.ts';

/** More than an agent ever has; it must not fill the memory with ever new ones. */
const MOST_SPOOLS = 8;

interface Detail {
  /** When it was last heard of, ms. */
  readonly seen: number;
  /** As it last reported: records it ever numbered, and those still on its disk. */
  readonly numbered: number;
  readonly waiting: number;
}

const NOTHING: Detail = { seen: 0, numbered: 0, waiting: 0 };

export interface Spool {
  readonly key: string;
  readonly mark: number;
  readonly detail: Detail;
}

const prefixOf = (agent: string): string => `agent:${agent}/`;

export function findSpool(marks: Marks, agent: string, epoch: string): Spool {
  const key = prefixOf(agent) + epoch;
  const known = marks.at(key);
  return { key, mark: known?.mark ?? 0, detail: known === undefined ? NOTHING : detailOf(known.detail) };
}

/** Moves a spool on, and lets the oldest go where the agent has too many. */
export function moveSpool(
  marks: Marks,
  agent: string,
  spool: Spool,
  to: number,
  seen: number,
  report?: AgentReport,
): void {
  const { numbered, waiting } = report === undefined ? spool.detail : numbersOf(report);
  const isNew = marks.at(spool.key) === undefined;
  marks.set({ key: spool.key, mark: to, detail: JSON.stringify({ seen, numbered, waiting } satisfies Detail) });
  if (isNew) for (const { key } of spoolsOf(marks, agent).slice(MOST_SPOOLS)) marks.forget(key);
}

/**
 * What an agent that comes with a spool nobody heard of has left behind: the numbers its last spool held and never sent. By its own
 * last words, so that it is an estimate; the same is not said twice.
 */
export function leftBehind(marks: Marks, agent: string, spool: Spool, at: number): AgentCommit['gaps'] {
  if (marks.at(spool.key) !== undefined) return [];
  const [last] = spoolsOf(marks, agent);
  if (last === undefined) return [];
  const { key, mark, detail } = last;
  const missing = Math.min(detail.waiting, detail.numbered - mark);
  marks.set({ key, mark, detail: JSON.stringify({ ...detail, waiting: 0 }) });
  return missing > 0
    ? [{ epoch: key.slice(prefixOf(agent).length), from: mark, to: mark + missing, reason: 'missing', at }]
    : [];
}

/** Heard of last first. */
function spoolsOf(marks: Marks, agent: string): Spool[] {
  return marks
    .startingWith(prefixOf(agent))
    .map(({ key, mark, detail }) => ({ key, mark, detail: detailOf(detail) }))
    .toSorted((a, b) => b.detail.seen - a.detail.seen);
}

const numbersOf = ({ sources, spool }: AgentReport): Omit<Detail, 'seen'> => ({
  numbered: sources.reduce((sum, { spooled }) => sum + spooled, 0),
  waiting: spool.records,
});

/** Ours, but it has been on a disk. */
function detailOf(text: string): Detail {
  try {
    const { seen, numbered, waiting } = JSON.parse(text) as Record<keyof Detail, unknown>;
    const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
    return { seen: number(seen), numbered: number(numbered), waiting: number(waiting) };
  } catch {
    return NOTHING;
  }
}
