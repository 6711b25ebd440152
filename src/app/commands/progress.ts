/** One line that says how far a long work is, on standard error: rewritten in place on a terminal, absent elsewhere. */
import { printable } from '#lib/printable';
import type { Context } from '../command.ts';

const PACE = 100;

export interface ProgressLine {
  readonly say: (text: string) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

export function progressLine({ err, isTerminal, columns, now }: Context): ProgressLine {
  let last = 0;
  let shown = false;
  return {
    say(text) {
      if (!isTerminal || now() - last < PACE) return;
      last = now();
      shown = true;
      err(`\r\u001b[K${printable(text).slice(0, Math.max(0, columns - 1))}`);
    },
    end() {
      if (shown) err('\r\u001b[K');
      shown = false;
    },
  };
}
