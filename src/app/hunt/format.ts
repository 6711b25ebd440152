/** What a file's records are, told from how it begins. */
import { Refusal } from '../import/content.ts';
import { isWindowsLog } from '../import/kind.ts';
import { withoutComments } from './xml-cutter.ts';

/**
 * - `evtx`: an event log of Windows
 * - `json`: JSON values one after the other, over as many lines as they like, or in arrays
 * - `jsonl`: a JSON object a line
 * - `xml`: events of Windows as XML, over as many lines as they like
 * - `lines`: lines of text, some of which may be JSON
 */
export type Format = 'evtx' | 'json' | 'jsonl' | 'xml' | 'lines';

/** As evtx_dump begins, before each record. */
const LABEL = /^\s*Record \d+\r?\n/;
/** Within any element, behind declarations. */
const XML = /^\s*(?:<(?:\?[^<>]*\?|[A-Za-z][^<>]*)>\s*)*?<Events?[\s>]/;
/** A power cut leaves zeros where lines should be; a zero here and there is no text. */
const HOLES = /\0{8,}/g;
/** RFC 7464 has one before each record. */
const SEPARATOR = '\x1e';

/** The first lines may be damaged; the others tell all the same. */
const LOOKED_AT = 50;

/** Throws Refusal for what holds no records. `isWhole`: there is nothing behind `head`. */
export function formatOf(head: Buffer, isWhole: boolean): Format {
  if (isWindowsLog(head) || hasChunk(head)) return 'evtx';
  const whole = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replace(HOLES, '');
  if (whole.includes('\0') || (whole === '' && head.length > 0 && !isWhole)) throw new Refusal('is not text');
  const text = whole.replace(LABEL, '');
  if (/^\s*</.test(text) && XML.test(withoutComments(text))) return 'xml';
  if (text.startsWith(SEPARATOR)) return 'json';
  if (/^\s*\[\s*(?:[[{\]]|$)/.test(text)) return 'json';
  if (!/^\s*\{/.test(text)) return 'lines';
  if (text.length < whole.length) return 'json';
  const lines = text.split('\n', LOOKED_AT);
  // The last one may be cut off.
  return (isWhole ? lines : lines.slice(0, -1)).some(isObject) ? 'jsonl' : 'json';
}

/** The file's header may be gone: its chunks stand for themselves. */
const CHUNK = 'ElfChnk\0';
const hasChunk = (head: Buffer): boolean => head.toString('latin1', 4096, 4096 + CHUNK.length) === CHUNK;

/** An object with something in it: a pretty-printed record has lines with empty ones. */
function isObject(line: string): boolean {
  if (!/^\s*\{\s*"/.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Lines of programs that say in one line what another one meant: they are read in their order, by one reader. */
export const isSequential = (format: Format, head: Buffer): boolean =>
  format === 'lines' || (format === 'jsonl' && /"(?:__CURSOR|MESSAGE|log)" *:/.test(head.toString('latin1')));
