/** Bytes that a stranger typed, as text that is safe to keep and to show. */
import { isUtf8 } from 'node:buffer';
import { printable } from '#lib/printable';

/** UTF-8 where it is; otherwise every byte outside ASCII is written `\xNN`. Controls are always escaped. */
export function typedText(bytes: Buffer): string {
  if (isUtf8(bytes)) return printable(bytes.toString('utf8'));
  return printable(bytes.toString('latin1')).replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
}
