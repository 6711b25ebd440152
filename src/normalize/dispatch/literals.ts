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

interface Automaton {
  readonly next: Int32Array;
  readonly ends: readonly (readonly number[])[];
}

/** `next` is addressed by state × kindCount + kind and holds states already multiplied, doubled, and odd where a text ends. */
function automaton(texts: readonly string[], kinds: Uint16Array, kindCount: number): Automaton {
  const most = 1 + texts.reduce((sum, text) => sum + text.length, 0);
  /** The tree, 0 where there is no branch: none leads back to the root. */
  const branches = new Int32Array(most * kindCount);
  const ends: number[][] = [[]];
  for (const [index, text] of texts.entries()) {
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const place = state * kindCount + (kinds[text.charCodeAt(at)] ?? 0);
      if (branches[place] === 0) branches[place] = ends.push([]) - 1;
      state = branches[place] ?? 0;
    }
    ends[state]?.push(index);
  }
  return linked(branches, ends, kindCount);
}

/** Breadth first, so that where a state falls back to is complete before the state is. */
function linked(branches: Int32Array, ends: number[][], kindCount: number): Automaton {
  const states = ends.length;
  const next = new Int32Array(states * kindCount);
  const fallback = new Int32Array(states);
  const queue = new Int32Array(states);
  let last = 1;
  for (let head = 0; head < last; head++) {
    const state = queue[head] ?? 0;
    const back = fallback[state] ?? 0;
    if (state !== 0) ends[state]?.push(...(ends[back] ?? []));
    for (let kind = 0; kind < kindCount; kind++) {
      const place = state * kindCount + kind;
      const target = branches[place] ?? 0;
      const elsewhere = state === 0 ? 0 : (next[back * kindCount + kind] ?? 0);
      next[place] = target === 0 ? elsewhere : target;
      if (target === 0) continue;
      fallback[target] = elsewhere;
      queue[last++] = target;
    }
  }
  for (let place = 0; place < next.length; place++) {
    const target = next[place] ?? 0;
    next[place] = target * kindCount * 2 + ((ends[target] ?? []).length > 0 ? 1 : 0);
  }
  return { next, ends };
}
