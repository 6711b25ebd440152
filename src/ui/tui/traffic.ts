/** What only somebody who keeps looking knows: traffic over time, and how many events a second come in. */
import { HISTORY, type Point, type TopData } from './state.ts';

/** Over less than this a rate is mostly chance, ms. */
const RATE_OVER = 5000;

export interface Observed {
  readonly history: readonly Point[];
  readonly rate: number | undefined;
}

/** Call it with every look, in order. */
export function createTraffic(): (data: TopData, now: number) => Observed {
  let seen: readonly Point[] = [];
  let counted: { readonly at: number; readonly events: number } | undefined;
  let rate: number | undefined;
  return (data, now) => {
    const point = pointOf(data);
    if (point !== undefined && seen.at(-1)?.at !== point.at) seen = [...seen, point].slice(-HISTORY);
    if (data.events !== undefined && (counted === undefined || data.events < counted.events)) {
      // The first look, or the server keeps fewer than before: there is nothing to compare with.
      counted = { at: now, events: data.events };
      rate = undefined;
    } else if (data.events !== undefined && counted !== undefined && now - counted.at >= RATE_OVER) {
      rate = ((data.events - counted.events) * 1000) / (now - counted.at);
      counted = { at: now, events: data.events };
    }
    return { history: merge(data.history, seen), rate };
  };
}

function pointOf({ snapshot }: TopData): Point | undefined {
  if (!('value' in snapshot)) return undefined;
  const { at, load, memory, connections, network, span } = snapshot.value.snapshot;
  return {
    at,
    score: snapshot.value.score.score,
    load: load[0],
    memory: memory.total > 0 ? (100 * memory.used) / memory.total : 0,
    connections: connections?.established ?? null,
    in: span > 0 ? (network?.in ?? null) : null,
    out: span > 0 ? (network?.out ?? null) : null,
  };
}

/** Both, each moment once; what was seen here knows more. */
function merge(past: readonly Point[], seen: readonly Point[]): readonly Point[] {
  const byTime = new Map([...past, ...seen].map((point) => [point.at, point]));
  return [...byTime.values()].toSorted((a, b) => a.at - b.at).slice(-HISTORY);
}
