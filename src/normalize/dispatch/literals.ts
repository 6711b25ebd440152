/**
 * Which of many short texts occur in a line, in one pass over it (Aho and Corasick, 1975).
 *
 * All texts are put into one tree of characters; where a line leaves a branch, the automaton goes on with the longest ending
 * that is itself a beginning. The tree is laid out as one table, `state × kind of character → state`, so a character of the
 * line costs two look-ups however many texts there are. Characters that no text holds share one kind.
 */
export interface Literals {
  /** Calls `found` with the index of every text that begins and ends within [from, to), once for each occurrence. */
  scan(line: string, from: number, to: number, found: (index: number) => void): void;
}

export function literals(texts: readonly string[]): Literals {
  const kinds = new Uint16Array(0x100);
  let kindCount = 1;
  for (const text of texts) {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 0xff) throw new Error(`not Latin: ${text}`);
      if (kinds[code] === 0) kinds[code] = kindCount++;
    }
  }
  const { next, ends } = automaton(texts, kinds, kindCount);
  return {
    scan(line, from, to, found) {
      let state = 0;
      for (let at = from; at < to; at++) {
        const code = line.charCodeAt(at);
        state = code > 0xff ? 0 : (next[(state >> 1) + (kinds[code] ?? 0)] ?? 0);
        if ((state & 1) === 1) for (const index of ends[(state >> 1) / kindCount] ?? []) found(index);
      }
    },
  };
}

/** `next` is addressed by state × kindCount + kind and holds states already multiplied, doubled, and odd where a text ends. */
function automaton(
  texts: readonly string[],
  kinds: Uint16Array,
  kindCount: number,
): { next: Int32Array; ends: (readonly number[])[] } {
  const rows: number[][] = [newRow(kindCount)];
  const own: number[][] = [[]];
  for (const [index, text] of texts.entries()) {
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const kind = kinds[text.charCodeAt(at)] ?? 0;
      const row = rows[state] ?? [];
      let target = row[kind] ?? -1;
      if (target === -1) {
        target = rows.length;
        rows.push(newRow(kindCount));
        own.push([]);
        row[kind] = target;
      }
      state = target;
    }
    own[state]?.push(index);
  }
  return linked(rows, own, kindCount);
}

const newRow = (kindCount: number): number[] => Array.from({ length: kindCount }, () => -1);

/** Breadth first, so that where a state falls back to is complete before the state is. */
function linked(
  rows: readonly number[][],
  own: readonly number[][],
  kindCount: number,
): { next: Int32Array; ends: (readonly number[])[] } {
  const next = new Int32Array(rows.length * kindCount);
  const fallback = new Int32Array(rows.length);
  const ends = own.map((list) => [...list]);
  const queue = [0];
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] ?? 0;
    const back = fallback[state] ?? 0;
    if (state !== 0) ends[state]?.push(...(ends[back] ?? []));
    for (let kind = 0; kind < kindCount; kind++) {
      const target = rows[state]?.[kind] ?? -1;
      const elsewhere = state === 0 ? 0 : (next[back * kindCount + kind] ?? 0);
      if (target === -1) {
        next[state * kindCount + kind] = elsewhere;
        continue;
      }
      next[state * kindCount + kind] = target * kindCount;
      fallback[target] = elsewhere / kindCount;
      queue.push(target);
    }
  }
  for (const [at, target] of next.entries()) {
    const ending = (ends[target / kindCount] ?? []).length > 0;
    next[at] = target * 2 + (ending ? 1 : 0);
  }
  return { next, ends };
}
