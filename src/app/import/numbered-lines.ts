/** A content's lines, chunk by chunk, with their places in bytes and their numbers from 1. */
import { lines } from '#sources';

export interface Line {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly number: number;
  readonly cut: boolean;
}

const LF = 10;

/** `whole`: a last line without an end is left out, since somebody may still be writing it. */
export async function* numberedLines(content: AsyncIterable<Buffer>, whole: boolean): AsyncGenerator<readonly Line[]> {
  const splitter = lines(0);
  let ended = 0;
  for await (const chunk of content) {
    const found: Line[] = [];
    const begin = splitter.offset;
    let counted = 0;
    const countTo = (end: number): void => {
      for (let at = chunk.indexOf(LF, counted); at >= 0 && at < end; at = chunk.indexOf(LF, at + 1)) ended++;
      counted = end;
    };
    splitter.push(chunk, (text, from, to, cut) => {
      countTo(to - begin);
      found.push({ text, from, to, number: ended, cut });
    });
    countTo(chunk.length);
    yield found;
  }
  const rest: Line[] = [];
  splitter.flush((text, from, to, cut) => rest.push({ text, from, to, number: ended + 1, cut }));
  if (!whole) yield rest;
}
