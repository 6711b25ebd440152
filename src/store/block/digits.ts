/** Which whole numbers have some digits in their text. Small ones repeat: each is written once, and remembered. */
import { NO, YES } from './marks.ts';

const REMEMBERED = 65_536;
const UNKNOWN = 255;
let known: { readonly piece: string; readonly answers: Uint8Array } = { piece: '', answers: new Uint8Array(0) };

/** One piece at a time is remembered: a search asks block after block for the same. */
export function holders(piece: string): (number: number) => number {
  if (known.piece !== piece) known = { piece, answers: new Uint8Array(REMEMBERED).fill(UNKNOWN) };
  const { answers } = known;
  return (number) => {
    const answer = answers[number] ?? UNKNOWN;
    if (answer !== UNKNOWN) return answer;
    const found = String(number).includes(piece) ? YES : NO;
    // Beyond its end a typed array forgets.
    answers[number] = found;
    return found;
  };
}
