/** What a terminal sends for a key → the key. Sequences may arrive in pieces, several keys in one piece. */

export type Key =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'enter' | 'escape' | 'tab' | 'back-tab' | 'backspace' | 'up' | 'down' | 'page-up' | 'page-down' }
  | { readonly kind: 'home' | 'end' | 'interrupt' | 'redraw' };

const ESC = '\u001b';
/** Control sequence: CSI or SS3, parameters, one final byte (ECMA-48 5.4). */
const SEQUENCE = /^\u001b(?:\[([0-9;:<=>?]*)[ -/]*([@-~])|O([@-~]))/;
const UNFINISHED = /^\u001b(?:\[[0-9;:<=>?]*[ -/]*|O)?$/;
/** Operating system command and its kin, up to their end: an answer of the terminal, never a key. */
const STRING_END = /^\u001b[\]PX^_][\s\S]*?(?:\u0007|\u001b\\)/;

const FINALS: Readonly<Record<string, Key>> = {
  A: { kind: 'up' },
  B: { kind: 'down' },
  H: { kind: 'home' },
  F: { kind: 'end' },
  Z: { kind: 'back-tab' },
};
const TILDES: Readonly<Record<string, Key>> = {
  '1': { kind: 'home' },
  '4': { kind: 'end' },
  '5': { kind: 'page-up' },
  '6': { kind: 'page-down' },
};
const CONTROLS: Readonly<Record<string, Key>> = {
  '\r': { kind: 'enter' },
  '\n': { kind: 'enter' },
  '\t': { kind: 'tab' },
  '\u007f': { kind: 'backspace' },
  '\b': { kind: 'backspace' },
  '\u0003': { kind: 'interrupt' },
  '\u000c': { kind: 'redraw' },
};

/** Keys in `input`, and what may be the beginning of one. A lone ESC stays as rest: only time tells that it was the key. */
export function readKeys(input: string): { readonly keys: readonly Key[]; readonly rest: string } {
  const keys: Key[] = [];
  let rest = input;
  while (rest !== '') {
    if (UNFINISHED.test(rest)) break;
    const string = STRING_END.exec(rest);
    const sequence = SEQUENCE.exec(rest);
    if (string !== null) rest = rest.slice(string[0].length);
    else if (sequence !== null) {
      const [all, parameters = '', final, single] = sequence;
      const key = final === '~' ? TILDES[parameters.split(';')[0] ?? ''] : FINALS[final ?? single ?? ''];
      if (key !== undefined) keys.push(key);
      rest = rest.slice(all.length);
    } else {
      const char = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      const key = keyOf(char);
      if (key !== undefined) keys.push(key);
      rest = rest.slice(char.length);
    }
  }
  return { keys, rest };
}

export const ESCAPE_KEY: Key = { kind: 'escape' };

function keyOf(char: string): Key | undefined {
  if (char === ESC) return ESCAPE_KEY;
  return CONTROLS[char] ?? (char >= ' ' ? { kind: 'char', char } : undefined);
}
