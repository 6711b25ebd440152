import { marked } from '#ui/model';

/**
 * Text that came out of a log. An attacker may have written it: it is shown as plain text, its invisible and direction
 * changing characters are spelled out, and it cannot turn the text around it.
 */
export function Log({ text, marks = [] }: { readonly text: string; readonly marks?: readonly string[] }) {
  return (
    <bdi>
      {marked(text, marks).map((piece, at) => (piece.marked ? <mark key={at}>{piece.text}</mark> : piece.text))}
    </bdi>
  );
}
