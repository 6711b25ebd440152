import { startTransition, useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { Problem } from '#contract';
import { isAbort, problemOf } from '../api.ts';

export interface Resource<T> {
  /** The last answer; it stays while a newer one is fetched and when that fails. */
  readonly data: T | undefined;
  /** What `data` was fetched for. */
  readonly key: string | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
  /** Puts a live change in. One that comes while a fetch is on its way is put into the answer too: it may be older. */
  readonly set: (change: (data: T) => T) => void;
}

type State<T> = Pick<Resource<T>, 'data' | 'key' | 'problem' | 'loading'>;

/** Fetches when `key` changes and on `reload`; an answer that is no longer wanted is dropped. `key` undefined: fetch nothing. */
export function useResource<T>(key: string | undefined, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [state, setState] = useState<State<T>>({ data: undefined, key: undefined, problem: undefined, loading: true });
  const [turn, setTurn] = useState(0);
  const late = useRef<((data: T) => T)[]>([]);
  const start = useEffectEvent(load);

  useEffect(() => {
    if (key === undefined) return undefined;
    const controller = new AbortController();
    late.current = [];
    setState((old) => ({ ...old, loading: true }));
    const ask = async (): Promise<void> => {
      try {
        let data: T = await start(controller.signal);
        if (controller.signal.aborted) return;
        for (const change of late.current) data = change(data);
        const fetched = { data, key, problem: undefined, loading: false };
        startTransition(() => setState(fetched));
      } catch (error) {
        if (controller.signal.aborted || isAbort(error)) return;
        setState((old) => ({ ...old, problem: problemOf(error), loading: false }));
      }
    };
    void ask();
    return () => controller.abort();
  }, [key, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  const set = useCallback((change: (data: T) => T) => {
    late.current.push(change);
    setState((old) => (old.data === undefined ? old : { ...old, data: change(old.data) }));
  }, []);
  return useMemo(() => ({ ...state, reload, set }), [state, reload, set]);
}
