/**
 * Which records of a piece are of one kind, told before anything is parsed. The rules for each kind are a machine of their own with tables
 * of a megabyte: it is cheaper to ask one often than each in turn. Only the order hangs on it, so a guess that is wrong costs time and no hit.
 */

/** Names of the number that tells events of Windows apart, by how often they are met. */
const NAMES = ['EventID', 'event_id', 'EventCode'];
/** Between the name and its number: quotes, a tag's end, attributes. */
const GAP = 24;

/** `''` for what has no such number. */
export function kindOf(text: string): string {
  for (const name of NAMES) {
    const at = text.indexOf(name);
    if (at >= 0) return numberAfter(text, at + name.length);
  }
  return '';
}

function numberAfter(text: string, from: number): string {
  for (let at = from; at < from + GAP; at++) {
    let end = at;
    while (isDigit(text.charCodeAt(end))) end++;
    if (end > at) return text.slice(at, end);
  }
  return '';
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Those of one kind after the other, each kind's in their order. */
export function byKind<T>(all: readonly T[], kind: (one: T) => string): readonly T[] {
  const kinds = Map.groupBy(all, kind);
  return kinds.size < 2 ? all : [...kinds.values()].flat();
}
