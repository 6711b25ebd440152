/**
 * Lines that belong together into one text: a stack trace, a query that was logged as it was typed. A line that `start`
 * matches begins a record, and lines after it are put to it until the next one begins, there are `max_lines`, the text would
 * be longer than a record may be, or nothing came for `max_wait`.
 *
 * Patterns are run by a linear-time engine: no line can stall us.
 */
import { RE2JS } from 're2js';
import { LIMITS } from '#contract';
import type { TakeLine } from './lines.ts';

export interface Multiline {
  /** A regular expression, found anywhere in a line that begins a record. */
  readonly start: string;
  readonly max_lines: number;
  /** ms without a new byte after which what there is counts as complete. */
  readonly max_wait: number;
}

export interface Grouping {
  readonly take: TakeLine;
  /** Gives what is held: no line will be put to it. */
  flush(): void;
  readonly isHolding: boolean;
}

interface Held {
  readonly texts: string[];
  readonly from: number;
  to: number;
  cut: boolean;
}

function patternOf(start: string): RE2JS {
  try {
    return RE2JS.compile(start);
  } catch (error) {
    throw new Error(`The multiline pattern ${start} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Throws when the pattern is none. `give` gets the groups. */
export function grouping(
  { start, max_lines: most }: Multiline,
  give: TakeLine,
  limit: number = LIMITS.bytes,
): Grouping {
  const pattern = patternOf(start);
  let held: Held | undefined;

  function flush(): void {
    const group = held;
    held = undefined;
    if (group !== undefined) give(group.texts.join('\n'), group.from, group.to, group.cut);
  }

  return {
    take(text, from, to, cut) {
      // Bytes of the file: a little more than those of the text.
      if (held !== undefined && (to - held.from > limit || pattern.matcher(text).find())) flush();
      if (held === undefined) held = { texts: [text], from, to, cut };
      else {
        held.texts.push(text);
        held.to = to;
        held.cut ||= cut;
      }
      if (held.texts.length >= most) flush();
    },
    flush,
    get isHolding() {
      return held !== undefined;
    },
  };
}
