/**
 * `npm run bench`: what the product does, measured from outside on one real process with everything on, beside a minimal
 * Flask + sqlite3 server in the same run. The load generator runs on the same cores. Prints a Markdown table.
 */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { type AllRules, allRules } from './all-rules.ts';
import { busyLog, type EvtxSpeed, evtxSpeed, sampleLog } from './evtx.ts';
import { type Collected, collect } from './collect.ts';
import { type AgentFigures, agentFigures } from './agent.ts';
import { engineFigures } from './detect/figures.ts';
import { sigmaFolders } from './detect/load.ts';
import { flaskIntake } from './flask.ts';
import { singleIntake, bulkIntake, type Intake } from './intake.ts';
import { lineToBrowser } from './latency.ts';
import { lines } from './lines.ts';
import { rsyslog, rsyslogVersion } from './rsyslog.ts';
import { authLog, mixed, perParser } from './parsers.ts';
import { stageCosts, wholeCosts } from './pipeline.ts';
import { peerRows } from './beside/index.ts';
import { search } from './search.ts';
import { tailSpeed } from './tail.ts';
import { topOnce } from './top.ts';
import { childrenOf, peakMb, residentMb, startServerProcess, storeBytes } from './server-process.ts';
import { snapshotCost } from './snapshot.ts';
import { realLines, storeFigures, type StoreFigures, syntheticLines } from './store.ts';
import { syslogIntake } from './syslog.ts';

const SEED = Number(process.env['BENCH_SEED'] ?? 1);
/** Share of the full sizes, for a quick look: BENCH_SCALE=0.1. */
const SCALE = Number(process.env['BENCH_SCALE'] ?? 1);
const scaled = (count: number): number => Math.max(100, Math.round(count * SCALE));

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly reach: string;
}

const rows: Row[] = [];
const note = (text: string): void => void process.stderr.write(`${text}\n`);
const count = (value: number): string => Math.round(value).toLocaleString('en');
/** Of our own server every POST must have been taken, or the figure means nothing. */
function allTaken(intake: Intake): Intake {
  if (intake.refused > 0) throw new Error(`${intake.refused} POSTs were refused`);
  return intake;
}
const rate = ({ events, elapsed }: Intake): number => (events / elapsed) * 1000;

/** `normalize` alone, before a server shares the cores. */
function parsers(): void {
  note('lines → events …');
  const auth = authLog(SEED, scaled(400_000));
  rows.push({ what: auth.what, measured: `${count(auth.rate)} lines/s`, reach: '≥ 500,000/s' });
  const mix = mixed(scaled(400_000));
  const [slowest] = perParser(scaled(20_000));
  rows.push({
    what: mix.what,
    measured: `${count(mix.rate)} lines/s${slowest === undefined ? '' : `; slowest: ${slowest.what}, ${count(slowest.rate)}/s`}`,
    reach: '≥ 250,000/s',
  });
}

/** The pipeline alone: processor time a line of the whole, and of its stages. */
function pipeline(): void {
  note('the pipeline alone …');
  for (const { what, cost } of wholeCosts(SEED, scaled(300_000)))
    rows.push({ what: `the pipeline alone: ${what}`, measured: `${cost.toFixed(1)} µs a line`, reach: '≤ 8 µs' });
  const stages = stageCosts(SEED, scaled(200_000)).map(({ what, cost }) => `${what} ${cost.toFixed(1)}`);
  rows.push({ what: 'its stages one by one, an agent’s lines', measured: `${stages.join(' µs, ')} µs`, reach: '' });
}

async function main(): Promise<void> {
  parsers();
  pipeline();
  note('columns and blocks …');
  for (const events of [syntheticLines(scaled(32_768), SEED), realLines()])
    if (events !== undefined) rows.push(...formRows(storeFigures(events)));
  note('a look at the machine …');
  const look = await snapshotCost(200, scaled(100));
  rows.push({
    what: `a look at this machine, ${look.processes} processes: CPU time (median and longest wait, first look)`,
    measured: `${count(look.cpu)} µs, ${(look.cpu / 1e5).toFixed(2)} % of a core at 10 s (${count(look.p50)} µs, ${count(look.max)} µs, ${count(look.first)} µs)`,
    reach: '< 1 %',
  });

  note('event logs of Windows …');
  rows.push(evtxRow('full chunks of Sysmon process creations', evtxSpeed(busyLog(SEED, scaled(1000) / 10))));
  const samples = sampleLog(SEED, scaled(1000) / 10);
  if (samples !== undefined) rows.push(evtxRow('chunks of the corpus, mostly free space', evtxSpeed(samples)));

  note('the detection engine …');
  rows.push(...engineFigures(sigmaFolders(), SEED, scaled(60_000)));

  note('following a file …');
  const tail = await tailSpeed(SEED, scaled(1_000_000));
  rows.push({
    what: `the file tail alone, auth.log lines of ${count(tail.bytes / tail.lines)} B (processor time)`,
    measured: `${count((tail.lines / tail.elapsed) * 1000)} lines/s, ${count(tail.bytes / tail.elapsed / 1000)} MB/s (${(tail.cpu / tail.elapsed).toFixed(1)} cores)`,
    reach: '≥ 200,000/s',
  });

  note('the agent, a minute of a quiet day and a backlog …');
  rows.push(...agentRows(await agentFigures(SEED, Math.max(10, Math.round(60 * SCALE)), scaled(1_000_000))));

  note('start-up …');
  const first = await startServerProcess();
  await first.stop();
  const starts: number[] = [];
  for (let i = 0; i < 5; i++) {
    const again = await startServerProcess(first.folder);
    starts.push(again.startup);
    await again.stop();
  }
  rows.push({
    what: 'start → listening, own rules, warm (median of 5)',
    measured: `${count(starts.toSorted((a, b) => a - b)[2] ?? 0)} ms`,
    reach: '≤ 1,000 ms',
  });

  const server = await startServerProcess(first.folder);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  rows.push({ what: 'server process, idle', measured: `${residentMb(server.pid)} MB`, reach: '≤ 160 MB' });
  const [honeypot] = childrenOf(server.pid);
  rows.push({
    what: 'honeypot child, idle',
    measured: honeypot === undefined ? 'none' : `${residentMb(honeypot)} MB`,
    reach: '≤ 50 MB',
  });

  rows.push({
    what: 'top --once beside the server, from spawn to exit',
    measured: `${count(await topOnce(server.port))} ms`,
    reach: '≤ 150 ms',
  });

  note('a line is written → alert in the browser …');
  const latency = await lineToBrowser(server, Math.max(20, scaled(100)));
  rows.push({
    what: `a line is written → alert in a real browser (${latency.samples} lines)`,
    measured: latency.samples === 0 ? 'no Chromium here' : `p50 ${count(latency.p50)} ms, p99 ${count(latency.p99)} ms`,
    reach: 'p99 ≤ 250 ms',
  });

  note('one event a POST …');
  const single = allTaken(await singleIntake(server.port, SEED, scaled(40_000)));
  rows.push({
    what: 'one event a POST, 16 clients, durable',
    measured: `${count(rate(single))}/s, p99 ${single.p99.toFixed(1)} ms`,
    reach: '≥ 8,000/s',
  });
  note('Flask + sqlite3 …');
  const flask = await flaskIntake(SEED, scaled(3000));
  rows.push({
    what: 'the same against Flask + sqlite3, a commit each POST',
    measured:
      flask === undefined
        ? 'no Flask here'
        : `${count(rate(flask))}/s, p99 ${flask.p99.toFixed(1)} ms: we are ${(rate(single) / rate(flask)).toFixed(1)}×${flask.refused === 0 ? '' : `; ${flask.refused} refused by it`}`,
    reach: '',
  });

  note('1000 events a POST …');
  const before = { bytes: storeBytes(server.folder), events: single.events };
  const bulk = allTaken(await bulkIntake(server.port, SEED, scaled(1_000_000)));
  rows.push({
    what: 'NDJSON, 1000 a POST, durable, whole pipeline, log mix, own rules',
    measured: `${count(rate(bulk))} events/s`,
    reach: '≥ 100,000/s',
  });
  rows.push({
    what: 'disk, the same events',
    measured: `${count((storeBytes(server.folder) - before.bytes) / bulk.events)} B an event`,
    reach: '≤ 60 B (block store)',
  });

  note('raw auth.log lines …');
  const raw = await lines(server, SEED, scaled(400_000));
  rows.push({
    what: 'raw auth.log lines → parsed, all own rules, stored',
    measured: `${count(rate(raw))} lines/s`,
    reach: '≥ 80,000/s',
  });

  note('syslog …');
  for (const transport of ['tcp', 'udp'] as const) {
    const { sent, stored, dropped, elapsed } = await syslogIntake(server, transport, SEED, scaled(200_000));
    rows.push({
      what: `syslog by ${transport.toUpperCase()} from one sender, sent as fast as it can, stored`,
      measured: `${count((stored / elapsed) * 1000)} messages/s, ${((dropped / sent) * 100).toFixed(1)} % dropped, all counted`,
      reach: transport === 'tcp' ? 'none dropped' : '',
    });
  }

  note('search …');
  for (const { what, ms, reach } of await search(server.port)) rows.push({ what, measured: `${count(ms)} ms`, reach });

  rows.push({
    what: 'server process, peak through all of this',
    measured: `${peakMb(server.pid)} MB`,
    reach: '≤ 400 MB',
  });
  await server.stop();
  server.remove();

  rows.push(...peerRows(scaled(1_000_000)));
  note('the whole process with all rules …');
  const whole = await allRules(SEED, scaled(400_000));
  if (whole !== undefined) rows.push(...wholeRows(whole));

  note('a file → agent → server …');
  const collected = await collect(SEED, scaled(300_000));
  rows.push(collectRow('a file → agent → its disk → TLS → committed by the server', collected, '≥ 100,000/s'));
  const version = rsyslogVersion();
  const peer = `rsyslog ${version ?? ''}, nothing synced or parsed, no TLS`;
  for (const [way, what] of [
    ['file', 'imfile → omfile'],
    ['tcp', 'imfile → omfwd → imtcp → omfile'],
  ] as const) {
    if (version === undefined) rows.push({ what: `rsyslog: ${what}`, measured: 'not installed', reach: '' });
    else rows.push(collectRow(`${peer}: ${what}`, await rsyslog(way, SEED, scaled(300_000)), ''));
  }
  print();
}

function collectRow(what: string, { lines: sent, bytes, elapsed, cpu, senderMb }: Collected, reach: string): Row {
  const each = (ms: number): string => ((ms / sent) * 1000).toFixed(1);
  const speed = `${count((sent / elapsed) * 1000)} lines/s, ${(bytes / elapsed / 1000).toFixed(1)} MB/s`;
  const cost = `CPU a line: sender ${each(cpu.sender)} µs, receiver ${each(cpu.receiver)} µs`;
  return { what, measured: `${speed}; ${cost}; sender’s peak ${senderMb} MB`, reach };
}

function evtxRow(what: string, { megabytes, records, rate: speed }: EvtxSpeed): Row {
  return {
    what: `.evtx → JSON records, one core, ${count(megabytes)} MB of ${what}`,
    measured: `${count(speed)} MB/s, ${count((records / megabytes) * speed)} records/s`,
    reach: '≥ 20 MB/s',
  };
}

function wholeRows({ mix, sysmon, idleMb, peakMb: peak }: AllRules): Row[] {
  const what = 'with all 3,754 rules beside our own';
  return [
    {
      what: `NDJSON, 1000 a POST, log mix, ${what}`,
      measured: `${count(rate(allTaken(mix)))} events/s`,
      reach: '≥ 100,000/s',
    },
    {
      what: `the same, Sysmon process creations, ${what}`,
      measured: `${count(rate(allTaken(sysmon)))} events/s`,
      reach: '≥ 50,000/s',
    },
    { what: `server process ${what}: idle, peak`, measured: `${idleMb} MB, ${peak} MB`, reach: '≤ 400 MB' },
  ];
}

function formRows({ what, cpu, bytes }: StoreFigures): Row[] {
  const speed = `${cpu.encode.toFixed(2)} µs to encode (JSON ${cpu.json.toFixed(2)}), ${cpu.pack.toFixed(2)} to squeeze, ${cpu.seal.toFixed(2)} to seal, ${cpu.read.toFixed(2)} to read back`;
  const sizes = `${bytes.block.toFixed(1)} B in a block, ${bytes.batch.toFixed(1)} as a batch; JSON rows ${bytes.json.toFixed(1)}, raw ${bytes.raw.toFixed(0)}`;
  return [
    { what: `${what}: processor time an event`, measured: speed, reach: 'encode ≤ 2.5 µs' },
    { what: `${what}: disk an event`, measured: sizes, reach: '≤ 60 B, real ≤ 100 B' },
  ];
}

function agentRows({ startup, quiet, backlog }: AgentFigures): Row[] {
  const speed = `${count((backlog.lines / backlog.elapsed) * 1000)} lines/s, ${(backlog.bytes / 1e3 / backlog.elapsed).toFixed(1)} MB/s, peak ${backlog.peakMb} MB`;
  return [
    { what: 'agent (one file): spawn → follows its logs', measured: `${count(startup)} ms`, reach: '≤ 200 ms' },
    {
      what: `agent at 10 lines a second for ${Math.round(quiet.seconds)} s: memory, CPU`,
      measured: `${quiet.residentMb} MB, ${quiet.cpuPercent.toFixed(2)} % of a core`,
      reach: '≤ 80 MB, ≤ 1 %',
    },
    { what: 'agent: tail → spool → TLS → a server that counts', measured: speed, reach: '≥ 100,000 lines/s' },
  ];
}

function print(): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const table = [
    `Machine: ${machine}, Node ${process.version}. Commit ${commit}. Seed ${SEED}${SCALE === 1 ? '' : `, scale ${SCALE}`}. One process with everything on; the generator shares the cores.`,
    '',
    '| what | measured | to reach |',
    '| --- | --- | --- |',
    ...rows.map(({ what, measured, reach }) => `| ${what} | ${measured} | ${reach} |`),
  ];
  process.stdout.write(`${table.join('\n')}\n`);
}

try {
  await main();
} catch (error) {
  note((error as Error).stack ?? String(error));
  process.exit(1);
}
