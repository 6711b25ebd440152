/**
 * Upper and lower case made equal, such that no character outside ASCII ever becomes one inside: the search over raw bytes
 * relies on it. Only two would (U+0130 and U+212A, by `toLowerCase`), so those stay as they are.
 */
const TRAPS = /[\u0130\u212a]/;
const SAFE_RUN = /[^\u0130\u212a]+/g;

export function fold(text: string): string {
  return TRAPS.test(text) ? text.replace(SAFE_RUN, (run) => run.toLowerCase()) : text.toLowerCase();
}
