/** The child's lines, checked: the child faces strangers, so its word is input like any other. */
import type { Control } from './child.ts';

/** A record is under 8 kB when every byte a visitor sent is written `\xNN`, and JSON doubles the backslash. */
export const MAX_RECORD_LINE = 64 * 1024;

export type Discard = 'not_json' | 'too_long';
export type ChildLine =
  | { readonly kind: 'record'; readonly text: string }
  | { readonly kind: 'control'; readonly control: Control };

function control(value: object): Control | undefined {
  if (!('control' in value)) return undefined;
  if (value.control === 'failed' && 'code' in value && typeof value.code === 'string' && 'reason' in value) {
    return { control: 'failed', code: value.code, reason: String(value.reason) };
  }
  if (value.control !== 'listening' || !('address' in value) || !('port' in value)) return undefined;
  const uid = 'uid' in value && typeof value.uid === 'number' ? value.uid : undefined;
  return { control: 'listening', address: String(value.address), port: Number(value.port), uid };
}

function parse(text: string): ChildLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!('control' in value)) return { kind: 'record', text };
    const order = control(value);
    return order === undefined ? undefined : { kind: 'control', control: order };
  } catch {
    return undefined;
  }
}

/** Feed it bytes as they come; it gives the whole lines among them and keeps the rest, at most MAX_RECORD_LINE of it. */
export function recordLines(onDiscarded: (reason: Discard) => void): (bytes: Buffer) => ChildLine[] {
  let rest: Buffer[] = [];
  let length = 0;
  let skipping = false;

  function whole(): ChildLine | undefined {
    const text = Buffer.concat(rest).toString('utf8');
    rest = [];
    length = 0;
    const line = parse(text);
    if (line === undefined) onDiscarded('not_json');
    return line;
  }

  function keep(piece: Buffer): void {
    length += piece.length;
    if (length <= MAX_RECORD_LINE) rest.push(piece);
    else if (!skipping) {
      skipping = true;
      rest = [];
      onDiscarded('too_long');
    }
  }

  return (bytes) => {
    const lines: ChildLine[] = [];
    for (let from = 0; from < bytes.length;) {
      const end = bytes.indexOf(0x0a, from);
      keep(bytes.subarray(from, end < 0 ? bytes.length : end));
      if (end < 0) break;
      from = end + 1;
      if (skipping) {
        skipping = false;
        length = 0;
      } else {
        const line = whole();
        if (line !== undefined) lines.push(line);
      }
    }
    return lines;
  };
}
