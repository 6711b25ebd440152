/**
 * For tests: a program that stands in for PowerShell and for wevtutil. It reads a folder as if that were a machine's event log: a file a
 * channel, a record a line (`{"id":…,"xml":…}`); it understands the queries we send, and misbehaves as it is told.
 *
 *     node stand-in.ts FOLDER powershell …        the script and the channels come by the environment
 *     node stand-in.ts FOLDER wevtutil qe CHANNEL /q:…
 */
import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** `misbehave.json` in the folder. */
export interface Misbehaviour {
  /** Dies after so many records of one run. */
  readonly dieAfter?: number;
  readonly encoding?: 'utf8' | 'utf16le';
  readonly lineEnd?: string;
  /** Written before each record. */
  readonly garbage?: string;
  /** Bytes a write, one write at a time. */
  readonly pieces?: number;
  /** Ends before it is ready, as PowerShell does where it is forbidden. */
  readonly forbidden?: boolean;
  /** Says these figures of each log, whatever is in it. */
  readonly figures?: readonly [oldest: number, count: number];
  /** PowerShell ends when it has caught up instead of waiting. */
  readonly ends?: boolean;
}

interface Entry {
  readonly id: number;
  readonly xml: string;
}

const [folder = '', role = '', ...args] = process.argv.slice(2);
const place = join(folder, 'misbehave.json');
const wrong = (existsSync(place) ? JSON.parse(readFileSync(place, 'utf8')) : {}) as Misbehaviour;
const fileOf = (channel: string): string => join(folder, `${channel.replaceAll('/', '%4')}.log`);
let told = 0;

function entries(channel: string): Entry[] | 'missing' | 'denied' {
  if (!existsSync(fileOf(channel))) return 'missing';
  const text = readFileSync(fileOf(channel), 'utf8');
  if (text === 'denied') return 'denied';
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
}

function matching(all: readonly Entry[], xpath: string): readonly Entry[] {
  const [, id] = /EventRecordID>=(\d+)/.exec(xpath) ?? [];
  const [, since] = /@SystemTime>='([^']+)'/.exec(xpath) ?? [];
  if (id !== undefined) return all.filter((entry) => entry.id >= Number(id));
  const from = Date.parse(since ?? '');
  return all.filter(({ xml }) => Date.parse(/SystemTime=["']([^"']+)/.exec(xml)?.[1] ?? '') >= from);
}

async function say(text: string): Promise<void> {
  const bytes = Buffer.from(text, wrong.encoding ?? 'utf8');
  const size = wrong.pieces ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise((resolve) => process.stdout.write(bytes.subarray(at, at + size), resolve));
  }
}

async function sayRecord(text: string): Promise<void> {
  if (told++ === wrong.dieAfter) process.kill(process.pid, 'SIGKILL');
  await say(`${wrong.garbage ?? ''}${text}`);
}

const figures = (all: readonly Entry[]): readonly [number, number] => wrong.figures ?? [all[0]?.id ?? 0, all.length];
const pack = (text: string): string => Buffer.from(text).toString('base64');

async function powershell(): Promise<void> {
  const end = wrong.lineEnd ?? '\r\n';
  const channels = (process.env['PORCHLIGHT_CHANNELS'] ?? '').split('\n').map((line) => line.split('\t'));
  const lasts = new Map<string, number>();
  if (wrong.forbidden === true || !(process.env['PORCHLIGHT_SCRIPT'] ?? '').includes('EventLogReader')) {
    process.stderr.write('Cannot create type. Only core types are supported in this language mode.');
    process.exitCode = 1;
    return;
  }
  await say(`R${end}`);
  const pass = async (): Promise<void> => {
    for (const [i, [channel = '', xpath = '']] of channels.entries()) {
      const all = entries(channel);
      if (typeof all === 'string') {
        await say(`X ${i} ${all} ${pack(`Der Kanal: ${all}`)}${end}`);
        continue;
      }
      const last = lasts.get(channel);
      const fresh = last === undefined ? matching(all, xpath) : all.filter(({ id }) => id > last);
      for (const { xml } of fresh) await sayRecord(`E ${i} ${pack(xml)}${end}`);
      const newest = fresh.at(-1) ?? (last === undefined ? all.at(-1) : undefined);
      if (newest !== undefined) lasts.set(channel, newest.id);
      const [oldest, count] = figures(all);
      await say(`S ${i} ${count === 0 ? ' ' : `${oldest} ${count}`}${end}`);
    }
  };
  let running = Promise.resolve();
  // Before the first pass, so that nothing is written unseen; kept open while we live.
  const watcher = watch(folder, (_, name) => {
    if (name?.endsWith('.log') === true) running = running.then(pass);
  });
  running = running.then(pass);
  await running;
  if (wrong.ends === true) watcher.close();
}

async function wevtutil(verb: string, channel: string, options: readonly string[]): Promise<void> {
  const all = entries(channel);
  if (typeof all === 'string') {
    process.stderr.write(`Fehler: ${all}`);
    process.exitCode = all === 'missing' ? 15007 & 255 : 5;
    return;
  }
  if (verb === 'gli') {
    const [oldest, count] = figures(all);
    await say(
      `creationTime: 2026-11-01T00:00:00.000Z\r\nnumberOfLogRecords: ${count}\r\noldestRecordNumber: ${oldest}\r\n`,
    );
    return;
  }
  const xpath = options.find((option) => option.startsWith('/q:')) ?? '';
  for (const { xml } of matching(all, xpath)) await sayRecord(`${xml}${wrong.lineEnd ?? '\r\n'}`);
}

process.stdout.on('error', () => process.exit());
if (role === 'powershell') await powershell();
else if (role === 'wevtutil') await wevtutil(args[0] ?? '', args[1] ?? '', args);
