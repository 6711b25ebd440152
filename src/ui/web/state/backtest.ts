/** A rule that is tried on what is kept: begun, figures that grow, and at last all that was found. */
import { useEffect, useRef, useState } from 'react';
import type { BacktestBegun, BacktestDone, BacktestFound, Problem, RouteBody } from '#contract';
import { isAbort, problemOf, tryRule } from '../api.ts';

export interface Trial {
  readonly state: 'idle' | 'running' | 'done' | 'cancelled' | 'failed';
  readonly begun: BacktestBegun | undefined;
  /** As far as it is. */
  readonly found: BacktestFound | undefined;
  readonly done: BacktestDone | undefined;
  readonly problem: Problem | undefined;
}

export interface Trying extends Trial {
  readonly start: (asked: RouteBody<'backtestRule'>) => void;
  readonly cancel: () => void;
}

const IDLE: Trial = { state: 'idle', begun: undefined, found: undefined, done: undefined, problem: undefined };

/** One at a time: another one ends the one before. It ends with whoever asked for it, too. */
export function useTrial(): Trying {
  const [trial, setTrial] = useState(IDLE);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const run = async (asked: RouteBody<'backtestRule'>, signal: AbortSignal): Promise<void> => {
    const change = (changes: Partial<Trial>): void => {
      if (!signal.aborted) setTrial((old) => ({ ...old, ...changes }));
    };
    try {
      for await (const line of tryRule(asked, signal)) {
        if (line.kind === 'begun') change({ begun: line });
        else if (line.kind === 'so_far') change({ found: line });
        else if (line.kind === 'done') change({ state: 'done', found: line, done: line });
        else change({ state: 'failed', problem: { ...line, type: 'about:blank', status: 0 } });
      }
      // A server that went away in the middle says nothing more.
      if (!signal.aborted)
        setTrial((old) => (old.state === 'running' ? { ...old, state: 'failed', problem: problemOf(undefined) } : old));
    } catch (error) {
      if (!isAbort(error)) change({ state: 'failed', problem: problemOf(error) });
    }
  };
  return {
    ...trial,
    start(asked) {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      setTrial({ ...IDLE, state: 'running' });
      void run(asked, controller.signal);
    },
    cancel() {
      running.current?.abort();
      setTrial((old) => ({ ...old, state: 'cancelled' }));
    },
  };
}
