/**
 * Event logs of Windows that lie in memory → records, on one core. Full chunks of Sysmon's commonest events, with seeded values; and, where
 * the corpus is, its chunks, which are mostly free space and so say little about a log of a busy machine.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvtx } from '../src/sources/index.ts';
import { element, evtxChunk, evtxFile, slot, value, type WrittenRecord } from '../src/sources/evtx/writer.fixture.ts';

const CHUNK = 65_536;
const RECORDS_A_CHUNK = 30;

export interface EvtxSpeed {
  readonly megabytes: number;
  readonly records: number;
  /** Best of three, MB/s. */
  readonly rate: number;
}

const FIELDS =
  `RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company OriginalFileName CommandLine
  CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId ParentImage
  ParentCommandLine ParentUser`.split(/\s+/);
const GUIDS = new Set(['ProcessGuid', 'LogonGuid', 'ParentProcessGuid']);
const NUMBERS = new Set(['ProcessId', 'TerminalSessionId', 'ParentProcessId']);

const typeOf = (field: string): number =>
  GUIDS.has(field) ? 0x0f : NUMBERS.has(field) ? 0x08 : field === 'LogonId' ? 0x15 : 0x01;
const data = element(
  'EventData',
  {},
  ...FIELDS.map((field, index) => element('Data', { Name: [field] }, slot(index, typeOf(field)))),
);
const event = element(
  'Event',
  { xmlns: ['http://schemas.microsoft.com/win/2004/08/events/event'] },
  element(
    'System',
    {},
    element('Provider', { Name: ['Microsoft-Windows-Sysmon'], Guid: ['{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'] }),
    element('EventID', { Qualifiers: [slot(0)] }, slot(1, 6)),
    element('Version', {}, slot(2, 4)),
    element('Level', {}, slot(2, 4)),
    element('Keywords', {}, slot(3, 0x15)),
    element('TimeCreated', { SystemTime: [slot(4, 0x11)] }),
    element('EventRecordID', {}, slot(5, 10)),
    element('Correlation', { ActivityID: [slot(0, 0x0f)] }),
    element('Execution', { ProcessID: [slot(6, 8)], ThreadID: [slot(6, 8)] }),
    element('Channel', {}, 'Microsoft-Windows-Sysmon/Operational'),
    element('Computer', {}, slot(7)),
    element('Security', { UserID: [slot(8, 0x13)] }),
  ),
  slot(9, 0x21),
);

/** mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

function recordOf(id: number, below: (limit: number) => number): WrittenRecord {
  const written = Date.UTC(2025, 10, 28) + id * 37;
  const word = (): string => below(2 ** 31).toString(36);
  const values = FIELDS.map((field) => {
    if (GUIDS.has(field)) return { type: 0x0f, bytes: Buffer.from(Array.from({ length: 16 }, () => below(256))) };
    if (field === 'LogonId') return value.number(0x15, 8, below(2 ** 30));
    if (NUMBERS.has(field)) return value.number(8, 4, below(65_536));
    if (field === 'Hashes') return value.string(`MD5=${word().repeat(5)},SHA256=${word().repeat(10)}`);
    return value.string(`C:\\Windows\\System32\\${word()}\\${word()}.exe /${word()}`);
  });
  const system = [
    value.none,
    value.number(6, 2, 1),
    value.number(4, 1, 5),
    value.number(0x15, 8, 2n ** 63n),
    value.time(written, below(10_000)),
    value.number(10, 8, id),
    value.number(8, 4, below(65_536)),
    value.string('pc.example'),
    value.bytes(0x13, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0),
    value.fragment({ template: data, values }),
  ];
  return { id, written, body: { template: event, values: system } };
}

/** About `megabytes` of a log without free space. */
export function busyLog(seed: number, megabytes: number): Buffer {
  const below = random(seed);
  const chunks = Array.from({ length: Math.max(1, Math.round((megabytes * 1e6) / CHUNK)) }, (_, index) => {
    const first = 1 + index * RECORDS_A_CHUNK;
    return evtxChunk(Array.from({ length: RECORDS_A_CHUNK }, (__, n) => recordOf(first + n, below)));
  });
  return evtxFile(chunks);
}

/** The corpus's chunks, drawn at random; undefined where there is no corpus. */
export function sampleLog(seed: number, megabytes: number): Buffer | undefined {
  const corpus = process.env['PORCHLIGHT_CORPUS'];
  const files = corpus === undefined ? [] : globSync(join(corpus, 'sigma/regression/**/*.evtx')).toSorted();
  const chunks = files.map((file) => readFileSync(file).subarray(4096, 4096 + CHUNK));
  if (chunks.length === 0) return undefined;
  const below = random(seed);
  const count = Math.max(1, Math.round((megabytes * 1e6) / CHUNK));
  return evtxFile(Array.from({ length: count }, () => chunks[below(chunks.length)] ?? Buffer.alloc(CHUNK)));
}

export function evtxSpeed(log: Buffer): EvtxSpeed {
  let best = Infinity;
  let records = 0;
  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    records = 0;
    for (const item of readEvtx(log)) if ('record' in item) records++;
    best = Math.min(best, performance.now() - started);
  }
  return { megabytes: log.length / 1e6, records, rate: log.length / 1e3 / best };
}
