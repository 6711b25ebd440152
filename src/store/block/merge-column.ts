/** One field of several sources → one column, in the form that suits all of its values. */
import type { FieldValue } from '#contract';
import { writer } from './bytes.ts';
import { type ColumnData, type Texts, textsOfStrings } from './columns.ts';
import { valueCodes } from './gather.ts';
import type { StoredColumn } from './stored.ts';
import { textAt } from './text.ts';

export interface Piece {
  readonly data: StoredColumn;
  /** Ascending; absent: all. */
  readonly positions: Uint32Array | undefined;
}

/** A column has codes where it has at most so many values … */
const FEW = 64;
/** … or each occurs so often. */
const OFTEN = 4;
/** Longer texts than this, on average, hardly ever repeat. */
const LONG = 256;
const SAMPLE = 2048;

export function mergeColumn(pieces: readonly Piece[]): ColumnData {
  if (pieces.every(({ data }) => data.kind === 'numbers')) return mergedNumbers(pieces);
  if (pieces.some(({ data }) => data.kind === 'texts') && pieces.every(isText)) return fewTexts(mergedTexts(pieces));
  const { values, codes } = mergedValues(pieces);
  const many = values.length > FEW && values.length * OFTEN > codes.length;
  const strings = many ? values.filter((value) => typeof value === 'string') : [];
  const texts = strings.length === values.length ? textsOfStrings(strings) : undefined;
  if (texts === undefined) return { kind: 'values', values, codes };
  return { kind: 'texts', texts: spread(texts, codes) };
}

const isText = ({ data }: Piece): boolean =>
  data.kind === 'texts' ||
  (data.kind === 'values' && data.values.every((value) => typeof value === 'string' && value.isWellFormed()));

const lengthOf = ({ data, positions }: Piece): number => {
  if (positions !== undefined) return positions.length;
  if (data.kind === 'values') return data.codes().length;
  return data.kind === 'numbers' ? data.numbers.length : data.texts.count;
};

const total = (pieces: readonly Piece[]): number => pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);

function mergedNumbers(pieces: readonly Piece[]): ColumnData {
  const numbers = new Float64Array(total(pieces));
  let at = 0;
  for (const { data, positions } of pieces) {
    if (data.kind !== 'numbers') continue;
    const read = data.numbers;
    if (positions === undefined) numbers.set(read, at);
    else for (let i = 0; i < positions.length; i++) numbers[at + i] = read[positions[i] ?? 0] ?? 0;
    at += positions?.length ?? read.length;
  }
  return { kind: 'numbers', numbers };
}

function mergedValues(pieces: readonly Piece[]): { values: FieldValue[]; codes: Uint32Array } {
  const { values, codeOf } = valueCodes();
  const codes = new Uint32Array(total(pieces));
  let at = 0;
  for (const piece of pieces) {
    const { data, positions } = piece;
    const length = lengthOf(piece);
    if (data.kind === 'values') {
      // Values that no chosen event has must not come along.
      const sourceCodes = data.codes();
      const translated = new Int32Array(data.values.length).fill(-1);
      for (let i = 0; i < length; i++) {
        const code = sourceCodes[positions?.[i] ?? i] ?? 0;
        let target = translated[code] ?? -1;
        if (target < 0) target = translated[code] = codeOf(data.values[code] ?? null);
        codes[at++] = target;
      }
    } else {
      const valueAt = data.kind === 'numbers' ? (i: number) => data.numbers[i] ?? null : data.texts.text;
      for (let i = 0; i < length; i++) codes[at++] = codeOf(valueAt(positions?.[i] ?? i));
    }
  }
  return { values, codes };
}

function mergedTexts(pieces: readonly Piece[]): Texts {
  const out = writer(65_536);
  const starts = new Uint32Array(total(pieces) + 1);
  let row = 0;
  for (const piece of pieces) {
    const { data, positions } = piece;
    const source = textsOf(data);
    const codes = data.kind === 'values' ? data.codes() : undefined;
    const at = (i: number): number => (codes === undefined ? (positions?.[i] ?? i) : (codes[positions?.[i] ?? i] ?? 0));
    if (data.kind === 'texts' && positions === undefined) {
      const base = out.length;
      out.bytes(source.bytes.subarray(0, source.starts[data.texts.count]));
      for (let i = 0; i < data.texts.count; i++) starts[++row] = base + (source.starts[i + 1] ?? 0);
      continue;
    }
    const length = lengthOf(piece);
    for (let i = 0; i < length; i++) {
      const text = at(i);
      out.bytes(source.bytes.subarray(source.starts[text], source.starts[text + 1]));
      starts[++row] = out.length;
    }
  }
  return { bytes: out.done(), starts };
}

function textsOf(data: StoredColumn): Texts {
  if (data.kind === 'texts') return data.texts.texts();
  const strings = data.kind === 'values' ? data.values.map(String) : [];
  return textsOfStrings(strings) ?? { bytes: new Uint8Array(0), starts: new Uint32Array(1) };
}

/** Each code's text at every place that has the code. */
function spread({ bytes, starts }: Texts, codes: Uint32Array): Texts {
  const out = writer(65_536);
  const ends = new Uint32Array(codes.length + 1);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    out.bytes(bytes.subarray(starts[code], starts[code + 1]));
    ends[i + 1] = out.length;
  }
  return { bytes: out.done(), starts: ends };
}

/** Texts that were different enough in each batch may repeat in many of them: then codes take less. */
function fewTexts(texts: Texts): ColumnData {
  const count = texts.starts.length - 1;
  if ((texts.starts[count] ?? 0) > count * LONG) return { kind: 'texts', texts };
  const step = Math.max(1, Math.floor(count / SAMPLE));
  const sample = new Set<string>();
  let looked = 0;
  for (let i = 0; i < count; i += step, looked++) sample.add(textAt(texts, i));
  if (sample.size * 2 > looked) return { kind: 'texts', texts };
  const { values, codeOf } = valueCodes();
  const codes = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    codes[i] = codeOf(textAt(texts, i));
    if (values.length > FEW && values.length * OFTEN > count) return { kind: 'texts', texts };
  }
  return { kind: 'values', values, codes };
}
