/** The live stream for components. */
import { createContext, startTransition, use, useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import type { LiveState } from './connection.ts';
import type { Live, LiveBatch } from './live.ts';

export const LiveContext = createContext<Live | undefined>(undefined);

export function useLive(): Live {
  const live = use(LiveContext);
  if (live === undefined) throw new Error('The page was drawn outside its LiveContext');
  return live;
}

export function useLiveState(): LiveState {
  const live = useLive();
  return useSyncExternalStore(live.onState, live.state);
}

/** Calls back with everything heard since the last call. What it sets may be drawn late: typing and clicking go first. */
export function useLiveBatch(listener: (batch: LiveBatch) => void): void {
  const live = useLive();
  const hear = useEffectEvent((batch: LiveBatch) => startTransition(() => listener(batch)));
  useEffect(() => live.onBatch((batch) => hear(batch)), [live]);
}
