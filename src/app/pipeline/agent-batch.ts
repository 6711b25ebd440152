/**
 * The body of `POST /api/agent/batches` → head and records, checked by hand: zod is not in this thread. All or nothing: records are
 * numbered by their line, so one that cannot be read makes the whole batch malformed.
 */
import type { BatchHead, DeclaredGap, GapReason, WireSource } from '#contract';
import { LIMITS } from '#contract';

/** A batch of the contract has 8,192; a later agent may send more. */
const MOST_RECORDS = 20_000;
const MOST_SOURCES = 256;
const LONGEST = 300;

/** The report is still to be checked: it is no reason to refuse the records. */
export type CheckedHead = Omit<BatchHead, 'report'> & { readonly report: unknown };

/** Records as columns: a batch is thousands of them, and an object each would have to be kept until the last one is checked. */
export interface AgentBatch {
  readonly head: CheckedHead;
  readonly count: number;
  /** Index into the head's sources. */
  readonly source: Uint16Array;
  /** When the agent read it, ms. */
  readonly read: Float64Array;
  readonly text: readonly string[];
  /** Bits of `BACKFILL` and `CUT`. */
  readonly flags: Uint8Array;
}

export const BACKFILL = 1;
export const CUT = 2;

class Malformed extends Error {}

/** The batch, or why it is none, in words. */
export function decodeAgentBatch(bytes: Uint8Array): AgentBatch | string {
  try {
    const lines = new TextDecoder().decode(bytes);
    const first = lineEnd(lines, 0);
    const head = headOf(parsed(lines.slice(0, first), 0));
    const count = head.to - head.from;
    const batch: Columns = {
      head,
      count,
      source: new Uint16Array(count),
      read: new Float64Array(count),
      text: [],
      flags: new Uint8Array(count),
    };
    let found = 0;
    for (let at = first + 1; at < lines.length; found++) {
      const end = lineEnd(lines, at);
      if (found < count) takeRecord(batch, found, parsed(lines.slice(at, end), found + 1));
      at = end + 1;
    }
    if (found !== count) throw new Malformed(`${found} records where the head says ${count}`);
    return batch;
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

/** Where the line that begins at `at` ends: at its line feed, or with the text. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function parsed(line: string, at: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Malformed(`line ${at + 1} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Malformed(`line ${at + 1} is not an object`);
  return value as Record<string, unknown>;
}

function headOf({ v, epoch, from, to, gap, sources, sent, report }: Readonly<Record<string, unknown>>): CheckedHead {
  if (v !== 1) throw new Malformed(`version ${JSON.stringify(v)} is not known`);
  if (typeof epoch !== 'string' || !/^[\w-]{1,64}$/.test(epoch)) throw new Malformed('epoch is not a name');
  if (!isNumber(from) || !isNumber(to) || to < from) throw new Malformed('from and to are not a range of numbers');
  if (to - from > MOST_RECORDS) throw new Malformed(`more than ${MOST_RECORDS} records`);
  if (!Array.isArray(sources) || sources.length > MOST_SOURCES)
    throw new Malformed(`sources is not a list of at most ${MOST_SOURCES}`);
  const declared = gap === undefined ? undefined : gapOf(gap);
  return {
    v,
    epoch,
    from,
    to,
    sources: sources.map(sourceOf),
    report,
    ...(declared === undefined ? {} : { gap: declared }),
    ...(typeof sent === 'number' && Number.isFinite(sent) ? { sent } : {}),
  };
}

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function gapOf(value: unknown): DeclaredGap {
  const { from, to, reason } = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof DeclaredGap, unknown>
  >;
  // A later agent may know more reasons; they are only shown.
  const isReason = typeof reason === 'string' && /^[a-z][a-z_]{0,39}$/.test(reason);
  if (!isNumber(from) || !isNumber(to) || to <= from || !isReason)
    throw new Malformed('gap is not a range of numbers with a reason');
  return { from, to, reason: reason as GapReason };
}

const TEXTS = ['host', 'type', 'path', 'timezone'] as const satisfies readonly (keyof WireSource)[];

function sourceOf(value: unknown): WireSource {
  const all = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof WireSource, unknown>>;
  const texts = TEXTS.filter((name) => all[name] !== undefined);
  for (const name of ['id', ...texts] as const) {
    const one = all[name];
    if (typeof one !== 'string' || one === '' || one.length > LONGEST)
      throw new Malformed(`${name} of a source is not a text of at most ${LONGEST} characters`);
  }
  return { id: String(all.id), ...Object.fromEntries(texts.map((name) => [name, all[name]])) };
}

type Columns = AgentBatch & { readonly text: string[] };

function takeRecord(
  { head, source, read, text, flags }: Columns,
  i: number,
  record: Readonly<Record<string, unknown>>,
): void {
  const { s, r, t, b, c } = record;
  if (!isNumber(s) || s >= head.sources.length) throw new Malformed(`record ${i + 1} names no source of the head`);
  if (typeof r !== 'number' || !Number.isFinite(r)) throw new Malformed(`record ${i + 1} has no time`);
  if (typeof t !== 'string') throw new Malformed(`record ${i + 1} has no text`);
  const isLong = t.length > LIMITS.bytes;
  source[i] = s;
  read[i] = r;
  text.push(isLong ? t.slice(0, LIMITS.bytes) : t);
  flags[i] = (b === 1 ? BACKFILL : 0) | (c === 1 || isLong ? CUT : 0);
}
