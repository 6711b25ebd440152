/** What a file holds, told from how it begins: the history of an earlier monitor, log lines, or an event log of Windows. */
import { Refusal } from './content.ts';

export type Kind = 'metrics' | 'alerts' | 'lines' | 'evtx';

const EVTX = 'ElfFile\0';

/** The first lines may be damaged; the others tell all the same. */
const LOOKED_AT = 50;

export const isWindowsLog = (head: Buffer): boolean => head.toString('latin1', 0, EVTX.length) === EVTX;

/** Throws Refusal for what is no lines at all. */
export function kindOf(head: Buffer): Kind {
  if (isWindowsLog(head)) return 'evtx';
  if (head.includes(0)) throw new Refusal('is not text');
  const text = head.toString('utf8');
  if (/^\s*\[\s*\{/.test(text))
    throw new Refusal("is one JSON array: write it as lines first, with jq -c '.[]' FILE > FILE.jsonl");
  for (const line of text.split('\n', LOOKED_AT)) {
    const kind = kindOfLine(line);
    if (kind !== undefined) return kind;
  }
  return 'lines';
}

function kindOfLine(line: string): Kind | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (typeof value['timestamp'] !== 'string') return undefined;
    if (typeof value['security_score'] === 'number' && Array.isArray(value['entries'])) return 'metrics';
    return Object.keys(value).length === 2 && Array.isArray(value['alerts']) ? 'alerts' : undefined;
  } catch {
    return undefined;
  }
}
