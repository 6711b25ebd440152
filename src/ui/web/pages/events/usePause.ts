import { useCallback, useEffect, useState } from 'react';

export interface Pause {
  /** When it was paused, ms; undefined while it follows. */
  readonly paused: number | undefined;
  readonly byScroll: boolean;
  readonly atTop: boolean;
  readonly pause: () => void;
  readonly resume: () => void;
}

const TOP = 40;
const READING = 320;

/**
 * Live rows come in at the top. A reader who pressed pause, opened a row or scrolled down is reading: nothing may move under
 * the eyes. Scrolling back to the top goes on, unless it was paused by hand.
 */
export function usePause(): Pause {
  const [state, setState] = useState<{ at: number; by: 'hand' | 'scroll' }>();
  const [atTop, setAtTop] = useState(true);
  useEffect(() => {
    const scrolled = (): void => {
      setAtTop(window.scrollY < TOP);
      if (window.scrollY > READING) setState((old) => old ?? { at: Date.now(), by: 'scroll' });
    };
    window.addEventListener('scroll', scrolled, { passive: true });
    return () => window.removeEventListener('scroll', scrolled);
  }, []);
  return {
    paused: state?.at,
    byScroll: state?.by === 'scroll',
    atTop,
    pause: useCallback(() => setState((old) => ({ at: old?.at ?? Date.now(), by: 'hand' })), []),
    resume: useCallback(() => setState(undefined), []),
  };
}
