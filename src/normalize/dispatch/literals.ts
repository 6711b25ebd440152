/**
 * Which of many short texts occur in a line, in one pass over it.
 *
 * Of every text the three characters that logs hold least often stand for it. The line is gone over once, with a hash of the last
 * three characters; where that is the hash of some text's three, the text itself is compared in place. Most lines meet one or two
 * such places, so a character costs a multiplication and one look into 16 kB, however many texts there are. An automaton (Aho and Corasick)
 * needs no comparisons, but two megabytes of table for the same texts: nearly every character then waits for memory.
 *
 * Linear: at one place at most all texts are compared, each once.
 */
export interface Literals {
  /** Calls `found` with the index of every text that begins and ends within [from, to), once for each occurrence. */
  scan(line: string, from: number, to: number, found: (index: number) => void): void;
}

/** A text of which `gram` ends `back` characters behind its beginning, and the indices that it has in the caller's list. */
interface Sought {
  readonly text: string;
  readonly back: number;
  readonly indices: readonly number[];
}

const GRAM = 3;
const BITS = 17;
const NOTHING: readonly Sought[] = [];

/** The last three characters, eight bits of each. */
const rolled = (last: number, code: number): number => ((last << 8) | (code & 0xff)) & 0xff_ffff;

/** Multiplied with the golden ratio, as Knuth has it (TAOCP 6.4): letters differ in few bits, and these bits go all over the place. */
const hashOf = (last: number): number => Math.imul(last, 0x9e37_79b1) >>> (32 - BITS);

/** Texts of at least three characters. */
export function literals(texts: readonly string[]): Literals {
  const marks = new Uint8Array(1 << (BITS - 3));
  const places = new Map<number, Sought[]>();
  for (const [text, indices] of byText(texts)) {
    if (text.length < GRAM) throw new Error(`too short to look for: ${JSON.stringify(text)}`);
    const end = rarest(text);
    const hash = hashAt(text, end);
    marks[hash >> 3] = (marks[hash >> 3] ?? 0) | (1 << (hash & 7));
    const sought = places.get(hash) ?? [];
    sought.push({ text, back: end, indices });
    places.set(hash, sought);
  }
  return {
    scan(line, from, to, found) {
      let last = 0;
      for (let at = from; at < to; at++) {
        last = rolled(last, line.charCodeAt(at));
        const hash = hashOf(last);
        if (((marks[hash >> 3] ?? 0) & (1 << (hash & 7))) === 0) continue;
        for (const { text, back, indices } of places.get(hash) ?? NOTHING) {
          const start = at - back;
          if (start < from || start + text.length > to || !line.startsWith(text, start)) continue;
          for (const index of indices) found(index);
        }
      }
    },
  };
}

function byText(texts: readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [index, text] of texts.entries()) {
    const indices = found.get(text);
    if (indices === undefined) found.set(text, [index]);
    else indices.push(index);
  }
  return found;
}

const hashAt = (text: string, end: number): number =>
  hashOf(rolled(rolled(rolled(0, text.charCodeAt(end - 2)), text.charCodeAt(end - 1)), text.charCodeAt(end)));

/** What logs hold most of, the commonest first; what is not in it is rarer than all of these. */
const COMMON = ' etaoinsr10dlch2u:mpf.g35=4b/"y67-98w,vk[]_';

const rarity = (text: string, at: number): number => {
  const rank = COMMON.indexOf(text.charAt(at));
  return rank === -1 ? COMMON.length : rank;
};

/** Where the rarest three characters end. */
function rarest(text: string): number {
  let best = GRAM - 1;
  let most = -1;
  for (let end = GRAM - 1; end < text.length; end++) {
    const rare = rarity(text, end - 2) + rarity(text, end - 1) + rarity(text, end);
    if (rare <= most) continue;
    most = rare;
    best = end;
  }
  return best;
}
