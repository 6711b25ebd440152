/**
 * Unicode case folding: two texts are equal without regard to case when their folds are the same text. JavaScript has no
 * such function, and `toLowerCase` alone is not it: `STRASSE` and `straße` differ there, the two small sigmas too, and Σ
 * lowers by its neighbours, so that a part of a text may lower otherwise than the whole.
 *
 * Lower, upper, lower is the full folding of Unicode's CaseFolding.txt (status C and F) but for the two letters below. It
 * looks at one character at a time, which is what lets a fold be searched for parts: fold(a) + fold(b) = fold(a + b).
 */
/** Letters whose lower case is their fold: ASCII and Latin-1, but for the micro sign and the sharp s. */
const SIMPLE = /^[\u0000-\u00b4\u00b6-\u00de\u00e0-\u00ff]*$/;

export function fold(text: string): string {
  const lowered = text.toLowerCase();
  return SIMPLE.test(lowered) ? lowered : folded(lowered);
}

function folded(lowered: string): string {
  // The dotless i has no other case; by way of its capital it would become an ordinary i.
  const raised = lowered.includes('ı') ? lowered.split('ı').map(raise).join('ı') : raise(lowered);
  return raised.replaceAll('ς', 'σ');
}

const raise = (text: string): string => text.toUpperCase().toLowerCase();
