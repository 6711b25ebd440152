/** What reaches a person, and how its words are made safe: every line of it may hold what an attacker wrote. */
import type { Level } from '#contract';
import { printable } from '#lib/printable';

export interface Push {
  /** '' where it is not about an alert. */
  readonly alertId: string;
  readonly title: string;
  /** Plain text: no markup is meant, whatever an attacker wrote. */
  readonly text: string;
  /** How loud it is. An end is informational, whatever ended. */
  readonly level: Level;
}

/** UTF-8 bytes; every provider takes less, and cuts further by its own law. */
const MAX_TEXT = 10_000;
const MAX_TITLE = 250;

/** Lines are ours: a line break in one would be a line that somebody else wrote. */
export function push(alertId: string, level: Level, title: string, lines: readonly string[]): Push {
  const text = lines
    .filter((line) => line !== '')
    .map(printable)
    .join('\n');
  return { alertId, title: cutBytes(printable(title), MAX_TITLE), text: cutBytes(text, MAX_TEXT), level };
}

/** A unit takes three bytes at most, so what is short needs no bytes to be known as short. */
function cutBytes(text: string, max: number): string {
  if (text.length * 3 <= max) return text;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= max) return text;
  // A character that was cut through is left out; "…" takes three bytes.
  let end = max - 3;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${new TextDecoder().decode(bytes.subarray(0, end))}…`;
}
