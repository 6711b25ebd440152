/** Lines of values without names: CSV and TSV. One pass. */

/** RFC 4180: `"a ""quoted"" value"`; a quote that is never closed is text. At most `limit` values, the last takes the rest. */
export function valuesOf(text: string, separator = ',', limit = 512): string[] {
  const values: string[] = [];
  let at = 0;
  while (values.length < limit - 1) {
    const quoted = text.charCodeAt(at) === 34 ? quotedValue(text, at, separator) : undefined;
    if (quoted !== undefined) {
      values.push(quoted.text);
      if (quoted.end === text.length) return values;
      at = quoted.end + 1;
      continue;
    }
    const next = text.indexOf(separator, at);
    if (next === -1) break;
    values.push(text.slice(at, next));
    at = next + 1;
  }
  values.push(text.slice(at));
  return values;
}

/** A value in quotes must be followed by the separator or the end. */
function quotedValue(text: string, at: number, separator: string): { text: string; end: number } | undefined {
  let doubled = false;
  for (let end = at + 1; end < text.length; end++) {
    if (text.charCodeAt(end) !== 34) continue;
    if (text.charCodeAt(end + 1) === 34) {
      doubled = true;
      end++;
      continue;
    }
    if (end + 1 < text.length && text.charAt(end + 1) !== separator) return undefined;
    const raw = text.slice(at + 1, end);
    return { text: doubled ? raw.replaceAll('""', '"') : raw, end: end + 1 };
  }
  return undefined;
}
