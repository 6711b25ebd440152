/**
 * The body of POST /api/logs into records: one JSON object, an array of objects, or NDJSON. The body decides, whatever its
 * Content-Type says (`curl -d` sends a form type). A record that cannot be taken is refused alone, with its place and a reason.
 *
 * The first line with something on it tells the forms apart: where it is JSON by itself the body is lines (one line is one
 * line), otherwise the whole body may be one value over several lines. Failing that, lines whose first one is broken: these
 * count only when an object is among them, since any text has lines. A broken array never counts as lines.
 */
import { checkRecord, LIMITS, type RawRecord, type RecordFault, type SourceTag } from '#contract';

export interface Rejection {
  /** Place among the records that were sent, from 0; blank lines do not count. */
  readonly index: number;
  readonly reason: string;
}

export interface DecodedBody {
  readonly records: RawRecord[];
  readonly rejected: readonly Rejection[];
}

const FAULTS: Record<RecordFault, string> = {
  not_an_object: 'It is not a JSON object.',
  too_deep: `It is nested deeper than ${LIMITS.depth} levels.`,
  too_many_fields: `It has more than ${LIMITS.fields} fields.`,
  too_long: `It is longer than ${LIMITS.bytes} characters.`,
};
const BROKEN_LINE = 'The line is not JSON.';

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `undefined`: not JSON in any of the three forms. An empty array is neither a record nor a fault. */
export function decodeBody(bytes: Uint8Array, tag: SourceTag, received: number): DecodedBody | undefined {
  const records: RawRecord[] = [];
  const decoded = takeBody(bytes, tag, received, (record) => void records.push(record));
  return decoded === undefined ? undefined : { records, rejected: decoded.rejected };
}

/** How many records were taken, and what was not. */
export interface TakenBody {
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
}

/** The same, a record at a time: what has been taken need not be kept until the last one. Nothing is taken where it gives `undefined`. */
export function takeBody(
  bytes: Uint8Array,
  tag: SourceTag,
  received: number,
  accept: (record: RawRecord, index: number) => void,
): TakenBody | undefined {
  const rejected: Rejection[] = [];
  let accepted = 0;

  function reject(reason: string): void {
    rejected.push({ index: accepted + rejected.length, reason });
  }

  function take(value: unknown): void {
    const fault = checkRecord(value);
    if (fault === undefined && isFields(value)) accept({ source: tag, received, text: '', fields: value }, accepted++);
    else reject(FAULTS[fault ?? 'not_an_object']);
  }

  function takeLine(line: string): void {
    const parsed = parse(line);
    if (parsed !== undefined) take(parsed.value);
    else if (line.trim() !== '') reject(BROKEN_LINE);
  }

  // The decoder replaces invalid UTF-8 and drops a byte order mark.
  const text = new TextDecoder().decode(bytes).trim();
  if (text === '') return undefined;

  const firstLine = lineAt(text, 0);
  const first = parse(firstLine);
  const oneLine = firstLine.length === text.length;
  if (oneLine || first === undefined || Array.isArray(first.value)) {
    const whole = oneLine ? first : parse(text);
    if (whole !== undefined) {
      for (const value of Array.isArray(whole.value) ? (whole.value as unknown[]) : [whole.value]) take(value);
      return { accepted, rejected };
    }
    if (first === undefined && (oneLine || text.startsWith('['))) return undefined;
  }
  for (let begin = 0; begin < text.length;) {
    const line = lineAt(text, begin);
    takeLine(line);
    begin += line.length + 1;
  }
  return first === undefined && accepted === 0 ? undefined : { accepted, rejected };
}

/** The line that begins at `begin`, without its end. */
function lineAt(text: string, begin: number): string {
  const end = text.indexOf('\n', begin);
  return end < 0 ? text.slice(begin) : text.slice(begin, end);
}
