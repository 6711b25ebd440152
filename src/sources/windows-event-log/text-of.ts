/** What a Windows program writes into a pipe, as text: UTF-8 or UTF-16, whichever its first bytes look like. */
import { TextDecoder } from 'node:util';

const PROBE = 2;

/** Gives text for bytes as they come; characters that are split between two pieces are put together. */
export function textOf(): (bytes: Buffer) => string {
  let decoder: TextDecoder | undefined;
  let head: Buffer = Buffer.alloc(0);
  return (bytes) => {
    if (decoder !== undefined) return decoder.decode(bytes, { stream: true });
    head = Buffer.concat([head, bytes]);
    if (head.length < PROBE) return '';
    decoder = new TextDecoder(encodingOf(head));
    return decoder.decode(head, { stream: true });
  };
}

/** Our texts begin in ASCII. A byte order mark is left out by the decoder. */
function encodingOf(head: Buffer): string {
  const [first = 0, second = 0] = head;
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return (first === 0xff && second === 0xfe) || (second === 0 && first !== 0) ? 'utf-16le' : 'utf-8';
}
