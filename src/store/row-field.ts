/**
 * One field of many events in rows, without parsing the rest of them: top values are asked for over everything there is.
 *
 * In JSON text an unescaped `"name":` behind `{` or `,` is that key of the flat record and nothing else: inside a text the
 * quotes would be escaped. Lists and texts with escapes are left to JSON.parse.
 */
import type { FieldValue } from '#contract';
import type { RowsView } from './rows.ts';

/** Ordinals must be asked for in ascending order: hits are looked for from left to right, once. */
export function rowField(view: RowsView, name: string): (ordinal: number) => FieldValue | undefined {
  // Latin-1 makes indexes of the text places of the bytes.
  const text = view.body.toString('latin1');
  const key = Buffer.from(`${JSON.stringify(name)}:`).toString('latin1');
  let hit = -1;
  const hitFrom = (from: number): number => {
    for (let at = text.indexOf(key, from); at >= 0; at = text.indexOf(key, at + 1)) {
      const before = text.charAt(at - 1);
      if (before === '{' || before === ',') return at;
    }
    return text.length;
  };
  return (ordinal) => {
    const start = view.starts[ordinal] ?? 0;
    const end = view.starts[ordinal + 1] ?? 0;
    if (hit < start) hit = hitFrom(start);
    return hit < end ? (valueAt(text, hit + key.length) ?? view.rawEvent(ordinal)[name]) : undefined;
  };
}

/** Undefined where only JSON.parse can tell. */
function valueAt(text: string, from: number): FieldValue | undefined {
  const first = text.charAt(from);
  if (first === '[') return undefined;
  if (first === '"') {
    const value = text.slice(from + 1, text.indexOf('"', from + 1));
    if (value.includes('\\')) return undefined;
    return /[\u0080-\u00ff]/.test(value) ? Buffer.from(value, 'latin1').toString() : value;
  }
  let to = from;
  while (text.charAt(to) !== ',' && text.charAt(to) !== '}') to++;
  return JSON.parse(text.slice(from, to));
}
