/** `[LOG] …` for each record, as the log agent of old did: twenty a second, what is beyond is only counted. */
import type { RawRecord } from '#contract';
import { printable } from '#lib/printable';

const A_SECOND = 20;
const LONGEST = 500;

export function logLines(show: (line: string) => void, signal: AbortSignal): (records: readonly RawRecord[]) => void {
  let room = A_SECOND;
  let more = 0;
  const timer = setInterval(() => {
    if (more > 0) show(`[LOG] +${more} more`);
    more = 0;
    room = A_SECOND;
  }, 1000);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return (records) => {
    for (const record of records) {
      if (record.source.type === 'snapshot') continue;
      if (room > 0) show(`[LOG] ${printable(lineOf(record).slice(0, LONGEST))}`);
      else more += 1;
      room -= 1;
    }
  };
}

/** A journal entry as syslog would have written it; anything else as it is. */
function lineOf({ source, text }: RawRecord): string {
  if (source.type !== 'journald') return text;
  try {
    const entry = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const { _HOSTNAME: host, SYSLOG_IDENTIFIER: program, _PID: pid, MESSAGE: message } = entry;
    const who = `${textOf(program)}${typeof pid === 'string' ? `[${pid}]` : ''}`;
    return `${textOf(host)} ${who}: ${textOf(message)}`;
  } catch {
    return text;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '-');
