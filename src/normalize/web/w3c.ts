/**
 * W3C extended log files (https://www.w3.org/TR/WD-logfile): the names of the columns stand in a line `#Fields: …` at the file's head,
 * and hold for what follows. A tail that begins in the middle has not seen them: then the program's usual columns are taken,
 * told by their number. Kept for a source: one list of names.
 */
import { isAddress, setPeer } from '../address.ts';
import { toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import type { Memory } from '../memory.ts';
import type { Draft } from '../parsers/parser.ts';

export type Row = ReadonlyMap<string, string>;

const MAX_COLUMNS = 128;
const columns = new WeakMap<Memory, readonly string[]>();

/** True for a line about the file: `#Software`, `#Version`, `#Date`, `#Fields`, which is remembered. */
export function directive(message: string, memory: Memory): boolean {
  if (!message.startsWith('#')) return false;
  if (message.startsWith('#Fields: ')) {
    const names = message
      .slice(9)
      .trim()
      .split(/[ \t]+/, MAX_COLUMNS);
    columns.set(
      memory,
      names.map((name) => name.toLowerCase()),
    );
  }
  return /^#(?:Software|Version|Date|Start-Date|End-Date|Remark|Fields): /.test(message);
}

/** undefined where the number of values is not that of any known columns. `-` is no value. */
export function rowOf(
  values: readonly string[],
  usual: readonly (readonly string[])[],
  memory: Memory,
): Row | undefined {
  const told = columns.get(memory);
  const names = told?.length === values.length ? told : usual.find((list) => fits(list, values));
  if (names === undefined) return undefined;
  const row = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const value = values[index] ?? '-';
    if (value !== '-' && value !== '') row.set(name, value);
  }
  return row;
}

/** Two programs' columns may be as many: where a client and a status should stand, they must. */
const fits = (names: readonly string[], values: readonly string[]): boolean =>
  names.length === values.length &&
  isAddress(values[names.indexOf('c-ip')] ?? '') &&
  /^\d{3}$/.test(values[names.indexOf('sc-status')] ?? '');

/** The columns that mean the same everywhere. `read` undoes what the program does to blanks. */
export function requestOf(row: Row, type: string, join: boolean, read: (value: string) => string): Draft | undefined {
  const client = row.get('c-ip') ?? '';
  const method = row.get('cs-method');
  if (!isAddress(client) || method === undefined) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': type, 'http.request.method': method };
  const time = Date.parse(`${row.get('date') ?? ''}T${row.get('time') ?? ''}Z`);
  if (!Number.isNaN(time)) draft['@timestamp'] = time;
  setPeer(draft, client, toNumber(row.get('c-port')));
  const stem = row.get('cs-uri-stem') ?? '';
  const query = row.get('cs-uri-query');
  setUrl(draft, join && query !== undefined ? `${stem}?${query}` : stem);
  if (query !== undefined) draft['url.query'] = query;
  setStatus(draft, toNumber(row.get('sc-status')));
  const bytes = Number(row.get('sc-bytes'));
  if (Number.isInteger(bytes) && bytes >= 0) draft['http.response.bytes'] = bytes;
  const words = [
    ['user_agent.original', row.get('cs(user-agent)')],
    ['http.request.referrer', row.get('cs(referer)')],
    ['user.name', row.get('cs-username')],
    ['url.domain', row.get('x-host-header') ?? row.get('cs(host)') ?? row.get('cs-host')],
    ['http.version', (row.get('cs-protocol-version') ?? row.get('cs-version'))?.replace(/^HTTP\//, '')],
  ] as const;
  for (const [field, value] of words) if (value !== undefined) draft[field] = read(value);
  return draft;
}
