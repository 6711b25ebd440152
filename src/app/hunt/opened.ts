/** A file or standard input, unpacked, as UTF-8 where it is text, with what its records are. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { contentOf, packingOf, sourceOf } from '../import/content.ts';
import { type Format, formatOf, isSequential } from './format.ts';
import { type Input, STANDARD_INPUT } from './input.ts';
import { unpacked } from './unpacked.ts';

export interface Opened {
  readonly format: Format;
  /** Its lines belong together: one reader takes them all. */
  readonly isSequential: boolean;
  readonly content: AsyncIterable<Buffer>;
  /** Last written, ms; undefined for what is no file. */
  readonly modified: number | undefined;
  /** Bytes on the disk that were read so far; undefined where nobody knows. */
  readonly read: () => number | undefined;
}

/** Throws Refusal, and what opening and reading throws. */
export async function openInput(
  { name }: Input,
  stdin: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Opened> {
  if (name === STANDARD_INPUT) return opened(streamOf(stdin, signal), undefined, () => undefined);
  const found = await stat(name);
  if (!found.isFile() && !found.isDirectory())
    return opened(streamOf(createReadStream(name), signal), undefined, () => undefined);
  const source = await sourceOf(name);
  if (source.packing === 'plain' && source.size <= SMALL)
    return opened(wholeFile(name), source.modified, () => source.size);
  const bytes = contentOf({ ...source, packing: 'plain' }, signal);
  const content = source.packing === 'plain' ? bytes : unpacked(bytes, source.packing, signal);
  return opened(content, source.modified, () => bytes.read);
}

/** Bytes that are read at once: a stream's buffer for each of thousands of small files costs more than the rest. */
const SMALL = 256 * 1024;

async function* wholeFile(name: string): AsyncGenerator<Buffer, void> {
  const content = await readFile(name);
  if (content.length > 0) yield content;
}

async function opened(
  content: AsyncIterable<Buffer>,
  modified: number | undefined,
  read: Opened['read'],
): Promise<Opened> {
  const { head, isWhole, all } = await headed(content);
  const encoding = encodingOf(head);
  const text = encoding === undefined ? head : Buffer.from(new TextDecoder(encoding).decode(head, { stream: true }));
  const format = formatOf(text, isWhole);
  return {
    format,
    isSequential: isSequential(format, text),
    content: encoding === undefined ? all : inUtf8(all, encoding),
    modified,
    read,
  };
}

const HEAD = 64 * 1024;

/** The first bytes, and a content that still has them. */
async function headed(
  content: AsyncIterable<Buffer>,
): Promise<{ readonly head: Buffer; readonly isWhole: boolean; readonly all: AsyncIterable<Buffer> }> {
  const chunks = content[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  let isWhole = false;
  while (size < HEAD) {
    const next = await chunks.next();
    isWhole = next.done === true;
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  async function* all(): AsyncGenerator<Buffer, void> {
    try {
      yield* first;
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  }
  return { head: Buffer.concat(first), isWhole, all: all() };
}

/** PowerShell writes UTF-16, with a mark; what lost its mark begins with a sign that only JSON and XML begin with. */
function encodingOf(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (second === 0 && fourth === 0 && third !== 0 && OPENS.has(first)) return 'utf-16le';
  return first === 0 && third === 0 && fourth !== 0 && OPENS.has(second) ? 'utf-16be' : undefined;
}

/** `{`, `[`, `<` */
const OPENS: ReadonlySet<number> = new Set([123, 91, 60]);

async function* inUtf8(content: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer, void> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of content) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** What comes through a pipe, unpacked where it is packed. */
async function* streamOf(input: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const { head, all } = await headed(buffersOf(input, signal));
  const packing = packingOf(head);
  yield* packing === 'plain' ? all : unpacked(all, packing, signal);
}

/** Ends at the signal even where nothing comes. */
async function* buffersOf(input: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const chunks = input[Symbol.asyncIterator]();
  let giveUp: (reason: unknown) => void = () => undefined;
  const stop = (): void => giveUp(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await new Promise<IteratorResult<Uint8Array, unknown>>((resolve, reject) => {
        giveUp = reject;
        chunks.next().then(resolve, reject);
      });
      if (next.done === true) return;
      yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
