/**
 * What a file holds, whatever kind of file it is: for all commands that take files.
 *
 *     file ──▶ what packs it (content.ts) ──▶ what it is (kind.ts) ──▶ entries: a line of text, or a record as JSON
 */
import { evtxText, isEvtxDamage, readEvtxContent } from '#sources';
import { contentOf, headOf, type Source, sourceOf } from './content.ts';
import { type Kind, kindOf } from './kind.ts';
import { type Line, numberedLines } from './numbered-lines.ts';

/** Bytes that hold no record, or one that is in doubt. */
export interface Damage {
  /** `record at byte 4608 does not begin like one`. */
  readonly damage: string;
}

/** Of an event log of Windows, `number` is what the log calls the record. */
export type Entry = Line | Damage;

export interface Opened {
  readonly source: Source;
  readonly kind: Kind;
}

/** Throws Refusal for what holds no records, and what opening and reading a file throws. */
export async function openFile(path: string, signal: AbortSignal): Promise<Opened> {
  const source = await sourceOf(path);
  return { source, kind: kindOf(await headOf(contentOf(source, signal))) };
}

/** The type of sources whose records are Windows events as JSON. */
export const WINDOWS_TYPE = 'winlog';

/** `growing`: a last line without an end is left out. Entries of one chunk of an event log come together, and alone. */
export function entriesOf(
  kind: Kind,
  content: AsyncIterable<Buffer>,
  growing = false,
): AsyncIterable<readonly Entry[]> {
  return kind === 'evtx' ? recordsOf(content) : numberedLines(content, growing);
}

async function* recordsOf(content: AsyncIterable<Buffer>): AsyncGenerator<readonly Entry[]> {
  for await (const items of readEvtxContent(content)) {
    yield items.map((item): Entry => {
      if (isEvtxDamage(item)) return { damage: `${item.damaged} at byte ${item.at} ${item.reason}` };
      return { text: evtxText(item), from: item.at, to: item.at + item.size, number: item.id, cut: false };
    });
  }
}
