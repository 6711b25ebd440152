/** What may be written where the cursor is: asked for while somebody types, a moment after the last key. */
import { useEffect, useRef, useState } from 'react';
import type { RouteResponse } from '#contract';
import { api } from '../../api.ts';

export type Completion = RouteResponse<'completeQuery'>;

const PAUSE = 120;

export interface Completing {
  readonly offered: Completion | undefined;
  readonly ask: (q: string, at: number) => void;
  readonly close: () => void;
}

/** What of the last answer still fits, until the next one comes: a key pressed now must not take what is no longer meant. */
function narrowed(old: Completion | undefined, q: string, at: number): Completion | undefined {
  if (old === undefined || at < old.from) return undefined;
  const typed = q.slice(old.from, at).toLowerCase();
  const items = old.items.filter(({ text }) => text.toLowerCase().includes(typed) && text.toLowerCase() !== typed);
  return items.length === 0 || /[\s:()|]/.test(typed) ? undefined : { ...old, to: at, items };
}

export function useCompletion(): Completing {
  const [offered, setOffered] = useState<Completion>();
  const running = useRef<{ timer: ReturnType<typeof setTimeout>; controller: AbortController }>(undefined);
  const stop = (): void => {
    clearTimeout(running.current?.timer);
    running.current?.controller.abort();
  };
  useEffect(() => stop, []);
  const fetchIt = async (q: string, at: number, signal: AbortSignal): Promise<void> => {
    try {
      const found = await api.call('completeQuery', { query: { q, at }, signal });
      const typed = q.slice(found.from, found.to);
      const useful = found.items.filter((item) => item.text !== typed);
      if (!signal.aborted) setOffered(useful.length === 0 ? undefined : { ...found, items: useful });
    } catch {
      // Typing goes on without help.
      if (!signal.aborted) setOffered(undefined);
    }
  };
  return {
    offered,
    ask(q, at) {
      stop();
      setOffered((old) => narrowed(old, q, at));
      const controller = new AbortController();
      running.current = { controller, timer: setTimeout(() => void fetchIt(q, at, controller.signal), PAUSE) };
    },
    close() {
      stop();
      setOffered(undefined);
    },
  };
}
