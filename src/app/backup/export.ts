/** `porchlight export`: events as other programs read them. One at a time, in the order they were stored. */
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { DatabaseSync } from 'node:sqlite';
import { type Event, type FieldValue, isoTime } from '#contract';
import { type Reader, type StoredEvent, type TimeRange } from '#store';
import { diskError } from './disk.ts';

export type Format = 'jsonl' | 'csv' | 'sqlite';

export interface ExportRequest extends TimeRange {
  readonly reader: Reader;
  readonly q: string;
  readonly format: Format;
  /** Undefined: to `out`. A file appears when it is whole. */
  readonly file: string | undefined;
  readonly out: (text: string) => void;
  readonly drained: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly say: (events: number) => void;
}

interface Sink {
  write(event: StoredEvent): void;
  /** Resolves when more may come. */
  flush(): Promise<void>;
  end(): Promise<void>;
  abandon(): void;
}

const PAGE = 5000;

/** How many events were written. Rejects with the signal's reason; then no file is left. */
export async function exportEvents(request: ExportRequest): Promise<number> {
  const { reader, q, from, to, signal, say } = request;
  const columns = request.format === 'jsonl' ? [] : await fieldsOf(request);
  const sink = sinkOf(request, columns);
  let written = 0;
  try {
    for await (const items of pages(reader, { q, from, to }, signal)) {
      for (const item of items) sink.write(item);
      await sink.flush();
      written += items.length;
      say(written);
    }
    await sink.end();
    return written;
  } catch (error) {
    sink.abandon();
    throw signal.aborted ? signal.reason : diskError(error, request.file ?? 'standard output');
  }
}

async function* pages(reader: Reader, query: TimeRange & { readonly q: string }, signal: AbortSignal) {
  for (let cursor: string | undefined; ;) {
    const page = await reader.events({ ...query, limit: PAGE, after: '0-0', cursor }, signal);
    if (page.items.length > 0) yield page.items;
    if (page.next === null) return;
    cursor = page.next;
  }
}

/** Every field that any of the events has: the columns of a table. Those that every event has come first. */
async function fieldsOf({ reader, q, from, to, signal }: ExportRequest): Promise<string[]> {
  const fields = new Set(['@timestamp', 'event.id', 'event.ingested', 'host.name', 'process.name', 'message']);
  for await (const items of pages(reader, { q, from, to }, signal))
    for (const { event } of items) for (const name of Object.keys(event)) fields.add(name);
  return [...fields];
}

const wire = ({ id, event }: StoredEvent): Record<string, FieldValue> => ({
  ...event,
  '@timestamp': isoTime(event['@timestamp']),
  'event.ingested': isoTime(event['event.ingested']),
  'event.id': id,
});

function sinkOf(request: ExportRequest, columns: readonly string[]): Sink {
  if (request.format === 'sqlite') return sqliteSink(request.file ?? '', columns);
  const line =
    request.format === 'jsonl' ? jsonLine : (item: StoredEvent) => csvLine(columns.map((name) => wire(item)[name]));
  const sink = request.file === undefined ? streamSink(request, line) : fileSink(request.file, line);
  if (request.format === 'csv') sink.head(csvLine(columns));
  return sink;
}

const jsonLine = (item: StoredEvent): string => `${JSON.stringify(wire(item))}\n`;

const csvLine = (values: readonly (FieldValue | undefined)[]): string => `${values.map(csvCell).join(',')}\r\n`;

/** RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvCell(value: FieldValue | undefined): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? value.map((one) => String(one ?? '')).join('; ') : String(value);
  const safe = typeof value !== 'number' && /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

type TextSink = Sink & { head(text: string): void };

function streamSink({ out, drained }: ExportRequest, line: (item: StoredEvent) => string): TextSink {
  return {
    head: out,
    write: (item) => out(line(item)),
    flush: drained,
    end: drained,
    abandon: () => undefined,
  };
}

function fileSink(file: string, line: (item: StoredEvent) => string): TextSink {
  const partial = `${file}.partial`;
  const stream = createWriteStream(partial, { mode: 0o600 });
  let failed: Error | undefined;
  stream.on('error', (error) => (failed = error));
  return {
    head: (text) => void stream.write(text),
    write: (item) => void stream.write(line(item)),
    async flush() {
      if (failed !== undefined) throw failed;
      if (stream.writableNeedDrain) await once(stream, 'drain');
    },
    async end() {
      stream.end();
      await finished(stream);
      renameSync(partial, file);
    },
    abandon() {
      stream.destroy();
      rmSync(partial, { force: true });
    },
  };
}

/** One table, `event`, a row an event; lists are JSON. */
function sqliteSink(file: string, columns: readonly string[]): Sink {
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  const db = new DatabaseSync(partial);
  const names = tableColumns(columns);
  const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`);
  db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE event (${quoted.join(', ')}); BEGIN`);
  const insert = db.prepare(`INSERT INTO event VALUES (${quoted.map(() => '?').join(', ')})`);
  return {
    write(item) {
      const event: Event | Record<string, FieldValue> = wire(item);
      insert.run(...columns.slice(0, names.length).map((name) => sqlValue(event[name])));
    },
    flush: () => Promise.resolve(),
    async end() {
      db.exec('COMMIT; CREATE INDEX event_by_time ON event ("@timestamp")');
      db.close();
      renameSync(partial, file);
    },
    abandon() {
      db.close();
      rmSync(partial, { force: true });
    },
  };
}

/** SQLite's names do not tell upper from lower case: the second of such a pair gets a number. At most 1,900 columns fit. */
function tableColumns(columns: readonly string[]): string[] {
  const seen = new Set<string>();
  return columns.slice(0, 1900).map((name) => {
    let unique = name.replaceAll('\0', ' ');
    for (let n = 2; seen.has(unique.toLowerCase()); n++) unique = `${name} ${n}`;
    seen.add(unique.toLowerCase());
    return unique;
  });
}

function sqlValue(value: FieldValue | undefined): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}
