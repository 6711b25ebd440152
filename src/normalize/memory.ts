/**
 * What a parser may remember between lines: one opaque object for each source of a context. A parser that needs memory holds a
 * `WeakMap<Memory, State>` of its own, bounds its state, and only ever *adds* to a line what earlier lines said. It never
 * holds a line back: each line is one event, in its order, so a replay after a fault loses at most such additions.
 *
 * The memory lives as long as the context: the pipeline makes a new one when it starts again.
 */
import type { SourceTag } from '#contract';
import type { NormalizeContext } from './context.ts';

/** Compared by identity alone. */
export interface Memory {
  readonly source: string;
}

/** Agents and files; beyond that the oldest source starts over. */
const MAX_SOURCES = 1024;

const contexts = new WeakMap<NormalizeContext, Map<string, Memory>>();

export function memoryOf(context: NormalizeContext, source: SourceTag): Memory {
  let sources = contexts.get(context);
  if (sources === undefined) {
    sources = new Map();
    contexts.set(context, sources);
  }
  const key = `${source.agent}\n${source.id}`;
  const known = sources.get(key);
  if (known !== undefined) return known;
  if (sources.size >= MAX_SOURCES) {
    const [oldest] = sources.keys();
    if (oldest !== undefined) sources.delete(oldest);
  }
  const memory: Memory = { source: key };
  sources.set(key, memory);
  return memory;
}
