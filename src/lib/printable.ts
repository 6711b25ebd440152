/**
 * Text that an attacker may have written, made safe for a terminal and for our own logs.
 *
 * Escaped as `\xNN` or `\u{N}`: C0 and C1 controls (so ESC, CSI, OSC, CR, LF, TAB, NUL, BEL), DEL, bidirectional controls,
 * zero-width and line/paragraph separators, tags and lone surrogates. Backslash stays: the output is for reading,
 * not for parsing back.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

export function printable(text: string): string {
  return text.replace(UNSAFE, (unsafe) => {
    const code = unsafe.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/**
 * The same for JSON that goes to a terminal or a pipe: what JSON itself leaves raw (C1, DEL, direction and invisible characters)
 * is written `\uXXXX`, so it parses back to exactly `value`. Raw line ends are only those of `indent`.
 */
export function printableJson(value: unknown, indent = 0): string {
  return (JSON.stringify(value, null, indent) ?? 'null').replace(UNSAFE, (unsafe) =>
    unsafe === '\n'
      ? unsafe
      : Array.from(
          { length: unsafe.length },
          (_, at) => `\\u${unsafe.charCodeAt(at).toString(16).padStart(4, '0')}`,
        ).join(''),
  );
}
