/** Blocks: many batches of one day in one set of columns; `./view.ts` tells how they are used. */
import { textsOf } from '../query/match.ts';
import { type ColumnsView, columnsView, isColumnsView } from './column-view.ts';
import { type Columns, holders } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { columnParts, type WriteText } from './encode.ts';
import { type TokenSet, tokenSet } from './filter.ts';
import { gather, type Gathering } from './gather.ts';
import { arranged, mergeColumns, type MergeSource } from './merge.ts';
import { type Parts, readParts, writeParts } from './parts.ts';
import { type Places, placeWriter, readPlaces } from './places.ts';
import { referencesIn } from './references.ts';
import { writeTemplates } from './template-writer.ts';
import { listTokens, nameHash } from './tokens.ts';
import { type BatchView, type BlockSource, type BlockView, type EncodedBlock, MOST_ROWS } from './view.ts';
import { type StoredColumns, storedColumns } from './stored.ts';
import { PLAIN_TEXTS, textAt, writeTexts } from './text.ts';

/** A block is written once and read for months. */
const LEVEL = 6;

/** A block as it was read back when it was written: what is derived of it need not inflate it again. */
export interface WrittenBlock extends EncodedBlock {
  readonly view: BlockView & ColumnsView;
}

/** Throws RangeError where there are more than MOST_ROWS events; DamagedBatch where a source is. */
export function encodeBlock(sources: readonly BlockSource[]): WrittenBlock {
  return encodePieces(piecesOf(sources, Infinity));
}

/** As many blocks as it takes for none to have more than so many fields, and those of one batch: who makes up names must not make millions of columns. */
export function encodeBlocks(sources: readonly BlockSource[], mostFields: number): WrittenBlock[] {
  const blocks: WrittenBlock[] = [];
  let names = new Set<string>();
  let pieces: Piece[] = [];
  for (const piece of piecesOf(sources, mostFields)) {
    for (const name of piece.columns.names) names.add(name);
    if (names.size > mostFields && pieces.length > 0) {
      blocks.push(encodePieces(pieces));
      pieces = [];
      names = new Set(piece.columns.names);
    }
    pieces.push(piece);
  }
  if (pieces.length > 0) blocks.push(encodePieces(pieces));
  return blocks;
}

function encodePieces(pieces: readonly Piece[]): WrittenBlock {
  const sources = pieces.flatMap((piece) => piece.sources);
  const count = sources.reduce((sum, source) => sum + countOf(source), 0);
  if (count > MOST_ROWS) throw new RangeError(`A block holds ${MOST_ROWS} events, not ${count}`);
  const merged = mergeColumns(pieces);
  const columns = arranged(merged, (column) => rankOf(merged, column));
  const places = placesOf(sources);
  const { bytes, view, tokens } = written(columns, places.bytes);
  return {
    bytes,
    view,
    filter: tokens.filter(),
    count,
    ...rangeOf(timesIn(columns)),
    firstBatch: places.firstBatch,
    lastBatch: places.lastBatch,
  };
}

const countOf = ({ view, ordinals }: BlockSource): number => ordinals?.length ?? view.count;

/** Templates are read back before anything is let go for them; a column that does not come back as it was is written plainly. */
function written(columns: Columns, places: Uint8Array, plainly: ReadonlySet<number> = new Set()): Written {
  const tokens = tokenSet();
  const parts = columnParts(columns, places, templates(columns, tokens, plainly));
  const bytes = writeParts('block', columns.count, parts, LEVEL);
  const view = viewOf(readParts(bytes));
  const wrong = unlike(columns, view.columns);
  if (wrong.length === 0) return { bytes, view, tokens };
  if (wrong.some((column) => plainly.has(column))) throw new Error('A block does not come back as it was written');
  return written(columns, places, new Set([...plainly, ...wrong]));
}

interface Written {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: BlockView & ColumnsView;
  readonly tokens: TokenSet;
}

/** Writes columns of texts as templates; every word of the block is told to `tokens`. */
function templates(columns: Columns, tokens: TokenSet, plainly: ReadonlySet<number>): WriteText {
  const references = referencesIn(columns);
  const holding = holders(columns);
  const times = timesIn(columns);
  for (const name of columns.names) tokens.add(nameHash(name));
  for (const data of columns.data) {
    if (data.kind !== 'values') continue;
    for (const text of data.values.flatMap(textsOf)) {
      const bytes = Buffer.from(text);
      listTokens(tokens, bytes, 0, bytes.length);
    }
  }
  return (out, column) => {
    const data = columns.data[column];
    if (data?.kind !== 'texts') return;
    const { texts } = data;
    if (plainly.has(column)) {
      for (let position = 0; position + 1 < texts.starts.length; position++)
        listTokens(tokens, texts.bytes, texts.starts[position] ?? 0, texts.starts[position + 1] ?? 0);
      out.byte(PLAIN_TEXTS);
      return writeTexts(out, texts);
    }
    writeTemplates(out, { texts, rows: holding(column).rows(), times, references: references.before(column), tokens });
  };
}

/** The one field whose text is nothing but others' texts: all of it is read back. Of the rest one in so many is. */
const COMPARED_WHOLE = 'event.original';
const COMPARED = 32;

/** Columns of texts that do not read as they were. */
function unlike(columns: Columns, stored: StoredColumns): number[] {
  return columns.data.flatMap((data, column) => {
    const read = data.kind === 'texts' ? stored.data(column) : undefined;
    if (data.kind !== 'texts' || read?.kind !== 'texts') return [];
    const step = columns.names[column] === COMPARED_WHOLE ? 1 : COMPARED;
    for (let position = 0; position < read.texts.count; position += step)
      if (read.texts.text(position) !== textAt(data.texts, position)) return [column];
    return [];
  });
}

/** Columns to be merged, and where their events come from. */
interface Piece extends MergeSource {
  readonly sources: readonly BlockSource[];
}

/** Rows that follow each other, little batches mostly, are put into columns together; apart where they have too many fields. */
function piecesOf(sources: readonly BlockSource[], mostFields: number): Piece[] {
  const pieces: Piece[] = [];
  let rows: Gathering | undefined;
  let gathered: { readonly batch: number; readonly view: BatchView; readonly ordinals: number[] }[] = [];
  const flush = (): void => {
    if (rows === undefined) return;
    const count = gathered.reduce((sum, source) => sum + countOf(source), 0);
    const bytes = writeParts('batch', count, columnParts(rows.done()));
    rows.release();
    pieces.push({ columns: storedColumns(readParts(bytes)), ordinals: undefined, sources: gathered });
    [rows, gathered] = [undefined, []];
  };
  for (const source of sources) {
    const { batch, view, ordinals } = source;
    if (isColumnsView(view)) {
      flush();
      const chosen = ordinals === undefined || ordinals instanceof Uint32Array ? ordinals : Uint32Array.from(ordinals);
      pieces.push({ columns: view.columns, ordinals: chosen, sources: [source] });
      continue;
    }
    for (let i = 0; i < countOf(source); i++) {
      const ordinal = ordinals?.[i] ?? i;
      rows ??= gather();
      rows.add(view.event(ordinal));
      if (gathered.at(-1)?.view !== view) gathered.push({ batch, view, ordinals: [] });
      gathered.at(-1)?.ordinals.push(ordinal);
      if (rows.fields() > mostFields) flush();
    }
  }
  flush();
  return pieces;
}

/** Texts last, short ones before long ones. */
function rankOf({ names, data }: Columns, column: number): number {
  if (names[column] === '@timestamp') return -1;
  const found = data[column];
  if (found?.kind !== 'texts') return 0;
  const { starts } = found.texts;
  return 1 + (starts.at(-1) ?? 0) / starts.length;
}

function placesOf(sources: readonly BlockSource[]) {
  const places = placeWriter();
  for (const { batch, view, ordinals } of sources) {
    const count = ordinals?.length ?? view.count;
    for (let i = 0; i < count; i++) {
      const ordinal = ordinals?.[i] ?? i;
      const place = isBlockView(view) ? view.place(ordinal) : { batch, ordinal };
      places.add(place.batch, place.ordinal);
    }
  }
  return places.done();
}

function timesIn({ names, data }: Columns): Float64Array {
  const times = data[names.indexOf('@timestamp')];
  if (times === undefined || times.kind === 'texts') return new Float64Array(0);
  if (times.kind === 'numbers') return times.numbers;
  return Float64Array.from(times.codes, (code) => {
    const time = times.values[code];
    if (typeof time !== 'number') throw new DamagedBatch('a time is none');
    return time;
  });
}

function rangeOf(times: Float64Array): { minTime: number; maxTime: number } {
  let [least, most] = [Infinity, -Infinity];
  for (const time of times) {
    if (time < least) least = time;
    if (time > most) most = time;
  }
  return least > most ? { minTime: 0, maxTime: 0 } : { minTime: Math.floor(least), maxTime: Math.ceil(most) };
}

const isBlockView = (view: BatchView): view is BlockView => 'place' in view;

export function viewBlock(bytes: Uint8Array): BlockView & ColumnsView {
  const parts = readParts(bytes);
  if (parts.kind !== 'block') throw new DamagedBatch('it is a batch, not a block');
  return viewOf(parts);
}

function viewOf(parts: Parts): BlockView & ColumnsView {
  const view = columnsView(parts);
  let places: Places | undefined;
  const opened = (): Places => (places ??= readPlaces(parts.part(1), parts.count));
  // The getters of `view` must stay getters.
  return Object.defineProperties(Object.create(null), {
    ...Object.getOwnPropertyDescriptors(view),
    firstBatch: { get: () => opened().firstBatch },
    lastBatch: { get: () => opened().lastBatch },
    place: { value: (row: number) => opened().place(row) },
    release: { value: () => parts.release() },
    find: { value: (place: { readonly batch: number; readonly ordinal: number }) => opened().find(place) },
  });
}
