/** The page's address as its memory: what is filtered and looked at survives a reload and can be sent to somebody. */
import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/** The search part of the address, and a way to change some of it; an empty value takes the name out. */
export function useAddress(): readonly [URLSearchParams, (changes: Readonly<Record<string, string>>) => void] {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (changes: Readonly<Record<string, string>>) => {
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          for (const [name, value] of Object.entries(changes)) {
            if (value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      );
    },
    [setParams],
  );
  return [params, change];
}
