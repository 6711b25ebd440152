/**
 * `node bench/hunt.ts RULES…`: how fast `porchlight hunt` goes through JSON with the rules of the folders.
 *
 * The records are Sysmon's (process creations, files, registry values, images, connections, names) in the JSON that evtx_dump writes, one a line
 * and pretty-printed, with new values in nearly every field. Two figures a lane: what passed on the clock, the start included, and what two free cores
 * come to, once started: from the processor time of one reader for each piece, the least of several rounds, and of what cuts the file into
 * pieces. The second is the one to compare on a busy machine: other work only adds to each of them.
 */
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { crewOf } from '#app/hunt/crew';
import { formatOf } from '#app/hunt/format';
import { hunt } from '#app/hunt/hunt';
import { inspector } from '#app/hunt/inspect';
import { type Piece, piecesOf } from '#app/hunt/piece';
import { rulesetOf } from '#app/hunt/ruleset';
import { type Catalogue, readRules } from '#app/rule-catalogue';
import { chance, type Chance } from './detect/random.ts';

const SEED = Number(process.env['BENCH_SEED'] ?? 1);
const MEGABYTES = Number(process.env['BENCH_MB'] ?? 40);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 8);
/** Of the file, so much is gone through again and again. */
const STEADY = 8e6;
const REACH = 50;
const CORES = 2;

type Data = Readonly<Record<string, string | number>>;
type Kind = readonly [id: number, share: number, data: (random: Chance) => Data];

const guid = (random: Chance): string =>
  [8, 4, 4, 4, 12]
    .map((digits) => random.hex(digits))
    .join('-')
    .toUpperCase();
const image = (random: Chance): string =>
  random.pick([
    () =>
      `C:\\Windows\\System32\\${random.pick(['svchost', 'taskhostw', 'cmd', 'dllhost', 'conhost', 'powershell'])}.exe`,
    () => `C:\\Program Files\\${random.word()}\\${random.word()}\\${random.word()}.exe`,
    () =>
      `C:\\Users\\${random.word()}\\AppData\\Local\\${random.word()}\\app-${random.below(90)}.${random.below(20)}\\${random.word()}.exe`,
  ])();
const who = (random: Chance): Data => ({
  RuleName: '-',
  UtcTime: `2026-02-0${1 + random.below(9)} 0${random.below(9)}:1${random.below(9)}:2${random.below(9)}.${100 + random.below(900)}`,
  ProcessGuid: guid(random),
  ProcessId: random.below(30_000),
  Image: image(random),
  User: `DESK\\${random.word()}`,
});

const KINDS: readonly Kind[] = [
  [
    1,
    40,
    (random) => ({
      ...who(random),
      FileVersion: `10.0.${random.below(30_000)}.1 (WinBuild.160101.0800)`,
      Description: `${random.word()} ${random.word()}`,
      Product: `${random.word()} suite`,
      Company: `${random.word()} Corporation`,
      OriginalFileName: `${random.word()}.exe`,
      CommandLine: `"${image(random)}" --type=${random.word()} --field-trial-handle=${random.below(1e6)} /prefetch:${random.below(9)} "C:\\Users\\${random.word()}\\Documents\\${random.word()}.docx"`,
      CurrentDirectory: `C:\\Users\\${random.word()}\\`,
      LogonGuid: guid(random),
      LogonId: `0x${random.hex(6)}`,
      TerminalSessionId: 1,
      IntegrityLevel: 'Medium',
      Hashes: `MD5=${random.hex(32)},SHA256=${random.hex(64)},IMPHASH=${random.hex(32)}`,
      ParentProcessGuid: guid(random),
      ParentProcessId: random.below(30_000),
      ParentImage: image(random),
      ParentCommandLine: `${image(random)} -k ${random.word()} -p -s ${random.word()}`,
      ParentUser: `DESK\\${random.word()}`,
    }),
  ],
  [
    11,
    20,
    (random) => ({
      ...who(random),
      TargetFilename: `C:\\Users\\${random.word()}\\AppData\\Local\\Temp\\${random.hex(8)}\\${random.word()}.${random.pick(['tmp', 'dll', 'log', 'json'])}`,
      CreationUtcTime: '2026-02-03 04:05:06.789',
    }),
  ],
  [
    13,
    15,
    (random) => ({
      ...who(random),
      EventType: 'SetValue',
      TargetObject: `HKU\\S-1-5-21-${random.below(1e9)}\\Software\\${random.word()}\\${random.word()}\\${random.word()}`,
      Details: `DWORD (0x${random.hex(8)})`,
    }),
  ],
  [
    7,
    10,
    (random) => ({
      ...who(random),
      ImageLoaded: `C:\\Windows\\System32\\${random.word()}.dll`,
      FileVersion: '10.0.1',
      Description: random.word(),
      Product: random.word(),
      Company: `${random.word()} Inc.`,
      OriginalFileName: `${random.word()}.dll`,
      Hashes: `MD5=${random.hex(32)},SHA256=${random.hex(64)},IMPHASH=${random.hex(32)}`,
      Signed: 'true',
      Signature: random.word(),
      SignatureStatus: 'Valid',
    }),
  ],
  [
    3,
    10,
    (random) => ({
      ...who(random),
      Protocol: 'tcp',
      Initiated: 'true',
      SourceIsIpv6: 'false',
      SourceIp: `192.0.2.${random.below(255)}`,
      SourceHostname: 'desk.home.example',
      SourcePort: 40_000 + random.below(20_000),
      DestinationIsIpv6: 'false',
      DestinationIp: `198.51.100.${random.below(255)}`,
      DestinationHostname: `${random.word()}.example`,
      DestinationPort: 443,
      DestinationPortName: 'https',
    }),
  ],
  [
    22,
    5,
    (random) => ({
      ...who(random),
      QueryName: `${random.word()}.${random.word()}.example`,
      QueryStatus: 0,
      QueryResults: `::ffff:203.0.113.${random.below(255)};`,
    }),
  ],
];

function record(random: Chance, number: number): object {
  let at = random.below(100);
  const [id, , data] = KINDS.find(([, share]) => (at -= share) < 0) ?? KINDS[0] ?? [1, 1, who];
  return {
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon', Guid: '5770385F-C22A-43E0-BF4C-06F5698FFBD9' } },
        EventID: id,
        Version: 5,
        Level: 4,
        Task: id,
        Opcode: 0,
        Keywords: '0x8000000000000000',
        TimeCreated: { '#attributes': { SystemTime: new Date(1_770_000_000_000 + number * 7).toISOString() } },
        EventRecordID: number,
        Correlation: null,
        Execution: { '#attributes': { ProcessID: 3544, ThreadID: 4264 } },
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: `desk-${number % 7}.home.example`,
        Security: { '#attributes': { UserID: 'S-1-5-18' } },
      },
      EventData: data(random),
    },
  };
}

/** Returns the number of records. */
function write(path: string, bytes: number, indent: number): number {
  const random = chance(SEED);
  const parts: string[] = [];
  let size = 0;
  let records = 0;
  while (size < bytes) {
    const text = `${JSON.stringify(record(random, ++records), undefined, indent)}\n`;
    size += text.length;
    parts.push(text);
  }
  writeFileSync(path, parts.join(''));
  return records;
}

const WANTED = { level: undefined, rules: [], tags: [] };
const COMMON = { placeholders: {}, mapping: true, host: 'here', timezone: 'UTC' };

interface Run {
  /** Seconds. */
  readonly wall: number;
  readonly hits: number;
  readonly records: number;
}

/** As the command does it, the start included. */
async function timed(documents: Catalogue['documents'], path: string): Promise<Run> {
  let hits = 0;
  const began = performance.now();
  const { tallies } = await hunt(
    [{ name: path, size: statSync(path).size }],
    crewOf(CORES),
    () => ({ documents, problems: [], wanted: WANTED, ...COMMON }),
    {
      stdin: process.stdin,
      signal: new AbortController().signal,
      now: Date.now,
      onHit: () => hits++,
      onDamage: (_, place, reason) => {
        throw new Error(`record ${place} ${reason}`);
      },
      onProgress: () => undefined,
      onRules: () => undefined,
    },
  );
  const records = tallies.reduce((sum, tally) => sum + tally.records, 0);
  return { wall: (performance.now() - began) / 1000, hits, records };
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const round = (value: number): string => value.toFixed(1);

/** Seconds of processor time since `before`. */
function used(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function cutUp(path: string): Promise<readonly Piece[]> {
  const format = formatOf(readFileSync(path).subarray(0, 65_536), false);
  const pieces: Piece[] = [];
  for await (const piece of piecesOf(format, createReadStream(path, { highWaterMark: 256 * 1024 }))) pieces.push(piece);
  return pieces;
}

interface Steady {
  /** Seconds of processor time. */
  readonly seconds: number;
  readonly records: number;
}

/** What the pieces of a file cost one reader that knows the rules and has met each kind of record. */
async function steady(documents: Catalogue['documents'], path: string): Promise<Steady> {
  const { rules, correlated } = rulesetOf(documents, WANTED);
  const { inspect } = inspector({ rules, correlated, now: Date.now(), ...COMMON });
  let cutting = Number.POSITIVE_INFINITY;
  let least: readonly number[] = [];
  let records = 0;
  for (let turn = 0; turn < ROUNDS; turn++) {
    const before = process.cpuUsage();
    const pieces = await cutUp(path);
    cutting = Math.min(cutting, used(before));
    records = 0;
    least = pieces.map((piece, at) => {
      const since = process.cpuUsage();
      records += inspect(piece, { file: 0, name: path, modified: undefined }).records;
      return Math.min(used(since), least[at] ?? Number.POSITIVE_INFINITY);
    });
  }
  return { seconds: least.reduce((sum, one) => sum + one, cutting), records };
}

async function lane(folder: string, documents: Catalogue['documents'], name: string, indent: number): Promise<string> {
  const [little, much] = ['little.json', 'much.json'].map((file) => join(folder, file));
  if (little === undefined || much === undefined) throw new Error('no folder');
  write(little, STEADY, indent);
  const { seconds, records } = await steady(documents, little);
  const free = ((statSync(little).size / 1e6) * CORES) / seconds;
  const written = write(much, MEGABYTES * 1e6, indent);
  const run = await timed(documents, much);
  if (run.records !== written) throw new Error(`${run.records} of ${written} records`);
  const clock = statSync(much).size / 1e6 / run.wall;
  const rate = Math.round(records / seconds).toLocaleString('en');
  return `| ${name} | ${round(free)} MB/s | ≥ ${REACH} MB/s | ${round(clock)} MB/s | ${rate} | ${run.hits} |`;
}

const { documents } = readRules(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'bench-hunt-'));
try {
  print(
    `${documents.length} rules, the least of ${ROUNDS} rounds, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, seed ${SEED}, ${MEGABYTES} MB a lane.\n`,
  );
  print('| JSON | two free cores | to reach | on this clock, with the start | records a second and core | hits |');
  print('| --- | --- | --- | --- | --- | --- |');
  print(await lane(folder, documents, 'one record a line', 0));
  print(await lane(folder, documents, 'pretty-printed', 2));
} finally {
  rmSync(folder, { recursive: true });
}
