/** `*`, `?` and `[a-z]` in the names of files and folders, as a shell has them; a leading dot is only matched by a dot. */

export const isWild = (text: string): boolean => /[*?[]/.test(text);

/** In time that grows with name times pattern, whatever they hold. */
export function matchesName(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let at = 0;
  let i = 0;
  /** Where the last star stands, and how much of the name it has taken. */
  let star = -1;
  let taken = 0;
  while (i < name.length) {
    const step = pattern[at] === '*' ? 0 : oneMatches(pattern, at, name.charAt(i));
    if (pattern[at] === '*') {
      star = at++;
      taken = i;
    } else if (step > 0) {
      at += step;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++taken;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** Length of the piece of the pattern at `at` that matches `char`, 0 for none. */
function oneMatches(pattern: string, at: number, char: string): number {
  const piece = pattern[at];
  if (piece === undefined) return 0;
  if (piece === '?') return 1;
  // A bracket that closes at once stands for itself: `[]]`.
  const end = piece === '[' ? pattern.indexOf(']', at + 2) : -1;
  if (end < 0) return piece === char ? 1 : 0;
  const isNot = pattern[at + 1] === '!' || pattern[at + 1] === '^';
  return isInClass(pattern.slice(at + (isNot ? 2 : 1), end), char) === isNot ? 0 : end + 1 - at;
}

function isInClass(members: string, char: string): boolean {
  for (let at = 0; at < members.length; at++) {
    const from = members.charAt(at);
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    const to = isRange ? members.charAt(at + 2) : from;
    if (char >= from && char <= to) return true;
    if (isRange) at += 2;
  }
  return false;
}
