/**
 * For tests: real journal files, made by systemd-journal-remote from text in the journal's export format, and a reader that
 * consumes a journal as the pipeline does and keeps marks of what it consumed as the store does.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { Mark, RawRecord } from '#contract';
import { journald, type JournaldOptions, type JournalLoss } from '../journald.ts';

const MAKERS = ['/usr/lib/systemd/systemd-journal-remote', '/lib/systemd/systemd-journal-remote'];
export const JOURNALCTL = '/usr/bin/journalctl';
/** µs since the epoch of entry 0; entries are a millisecond apart. */
export const BEGIN = Date.UTC(2026, 10, 20) * 1000;
const BOOT = '0badcafe0badcafe0badcafe0badcafe';

type Value = string | Buffer;
type Fields = Readonly<Record<string, Value | readonly Value[]>>;

/** Entry `n` as https://systemd.io/JOURNAL_EXPORT_FORMATS says: `NAME=value`, or for bytes NAME, their count, the bytes. */
export function entry(n: number, more: Fields = {}): Buffer {
  const fields: Fields = {
    __REALTIME_TIMESTAMP: String(BEGIN + n * 1000),
    __MONOTONIC_TIMESTAMP: String(1_000_000 + n * 1000),
    _BOOT_ID: BOOT,
    _HOSTNAME: 'nas',
    SYSLOG_IDENTIFIER: 'sshd',
    MESSAGE: `line ${n}`,
    ...more,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one: Value) => field(name, one)),
  );
  return Buffer.concat([...lines, Buffer.from('\n')]);
}

function field(name: string, value: Value): Buffer {
  if (typeof value === 'string' && !value.includes('\n')) return Buffer.from(`${name}=${value}\n`);
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n')]);
}

/** Makes the journal file, or appends to it. */
export async function write(file: string, entries: readonly Buffer[]): Promise<void> {
  const maker = MAKERS.find((path) => existsSync(path));
  assert.ok(maker !== undefined, 'systemd-journal-remote is needed: sudo apt-get install -y systemd-journal-remote');
  const making = promisify(execFile)(maker, ['-o', file, '-']);
  making.child.stdin?.end(Buffer.concat(entries));
  await making;
}

export async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'journald-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Reader {
  readonly records: RawRecord[];
  readonly losses: JournalLoss[];
  readonly pids: number[];
  messages(): unknown[];
  marks(): Mark[];
  /** Reads on from the marks until `quota` more records were consumed, in the middle of a chunk if need be, or the end. */
  read(quota?: number): Promise<void>;
  /** Follows from the marks on until `done` says so after a record. */
  follow(done: (record: RawRecord) => boolean, stop?: AbortController): Promise<void>;
}

export function reader(options: Partial<JournaldOptions>): Reader {
  const records: RawRecord[] = [];
  const losses: JournalLoss[] = [];
  const pids: number[] = [];
  const marks = new Map<string, Mark>();

  function consume(record: RawRecord): void {
    assert.ok(record.position);
    const { stream, from, to } = record.position;
    assert.equal(from, marks.get(stream.key)?.mark ?? 0, 'each entry follows the last one');
    assert.equal(to, from + 1);
    marks.set(stream.key, { key: stream.key, mark: to, detail: stream.detail });
    records.push(record);
  }

  async function run(
    follow: boolean,
    done: (record: RawRecord) => boolean,
    stop = new AbortController(),
  ): Promise<void> {
    const stream = journald(
      {
        journalctl: JOURNALCTL,
        journal: 'test',
        tag: { id: 'journald', agent: 'local', host: 'here', type: 'journald' },
        known: [...marks.values()],
        backfill: BEGIN,
        now: () => BEGIN / 1000,
        onLost: (loss) => losses.push(loss),
        follow,
        ...options,
        onStarted(pid) {
          pids.push(pid);
          options.onStarted?.(pid);
        },
      },
      stop.signal,
    );
    for await (const chunk of stream) {
      for (const record of chunk) {
        if (stop.signal.aborted) break;
        consume(record);
        if (done(record)) stop.abort();
      }
    }
  }

  return {
    records,
    losses,
    pids,
    messages: () => records.map(({ text }) => (JSON.parse(text) as Record<string, unknown>)['MESSAGE']),
    marks: () => [...marks.values()],
    read: (quota = Infinity) => run(false, () => --quota <= 0),
    follow: (done, stop) => run(true, done, stop),
  };
}
