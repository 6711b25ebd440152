/**
 * The modifiers that turn a value into what it looks like encoded. All of them work on the pattern's plain texts.
 *
 * base64: three bytes are four characters. A text inside a larger one can begin at any of three places, so `base64offset`
 * gives three forms, each cut to the characters that no neighbouring byte can change:
 *
 *     offset 0   |abc|abc|     all but a last incomplete group
 *     offset 1   |.ab|cab|c..  the first two characters hold bits of the byte before
 *     offset 2   |..a|bca|bc.  the first three
 */
import { DASH, DASHES, ONE, type Pattern } from './pattern.ts';
import { Refusal, shown } from './refusal.ts';

/** Bytes as a text: one character a byte, or the text's own UTF-8. */
export interface Bytes {
  readonly parts: Pattern;
  /** True after a UTF-16 modifier: each character of the parts stands for one byte. */
  readonly binary: boolean;
}

function plainBytes({ parts, binary }: Bytes, name: string): Uint8Array {
  const [text = ''] = parts;
  if (parts.length !== 1 || text.includes(ONE) || text.includes(DASH))
    throw new Refusal(`${name} cannot encode a wildcard: ${shown(parts.join('*'))}`);
  return binary ? Uint8Array.from(text, (character) => character.charCodeAt(0)) : new TextEncoder().encode(text);
}

const base64Of = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

export const base64 = (value: Bytes): string => base64Of(plainBytes(value, 'base64'));

export function base64offset(value: Bytes): readonly string[] {
  const bytes = plainBytes(value, 'base64offset');
  return [0, 1, 2].map((offset) => {
    const shifted = new Uint8Array(offset + bytes.length);
    shifted.set(bytes, offset);
    const whole = Math.floor((shifted.length * 8) / 6);
    const form = base64Of(shifted).slice(Math.ceil((offset * 8) / 6), whole);
    // One byte alone may leave nothing that is certain, and the empty text is in every value.
    if (form === '') throw new Refusal(`${shown(value.parts[0])} is too short for base64offset`);
    return form;
  });
}

/** UTF-16 without a byte order mark: in the middle of a stream there is none. */
export function utf16({ parts }: Bytes, order: 'le' | 'be'): Bytes {
  const wide = parts.map((part) => {
    let bytes = '';
    for (let i = 0; i < part.length; i++) {
      const unit = part.charCodeAt(i);
      const pair = [String.fromCharCode(unit & 0xff), String.fromCharCode(unit >> 8)];
      bytes += unit >= 0xfffe ? part.charAt(i) : (order === 'le' ? pair : pair.toReversed()).join('');
    }
    return bytes;
  });
  return { parts: wide, binary: true };
}

/** A dash that begins a word: nothing of a word before it, a letter, digit or underscore after it. */
const FLAG = new RegExp(`(?<![\\p{L}\\p{N}_])[${DASHES.replace('-', '\\-')}](?=[\\p{L}\\p{N}_])`, 'gu');

/** Any of the five dashes, wherever one of them begins a word. */
export const windash = (parts: Pattern): Pattern => parts.map((part) => part.replace(FLAG, DASH));
