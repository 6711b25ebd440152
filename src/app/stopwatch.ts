/** How long at least one thing was under way, however many were at the same time. */
export interface Stopwatch {
  begin(): void;
  /** Once for each `begin`. */
  end(): void;
  /** ms so far. */
  total(): number;
}

/** `clock`: ms, never going back. */
export function stopwatch(clock: () => number = () => performance.now()): Stopwatch {
  let open = 0;
  let since = 0;
  let before = 0;
  return {
    begin() {
      if (open++ === 0) since = clock();
    },
    end() {
      if (--open === 0) before += clock() - since;
    },
    total: () => before + (open > 0 ? clock() - since : 0),
  };
}
