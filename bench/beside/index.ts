/**
 * Ours beside others: the same events, the same questions, one after the other on the same machine. What stands in brackets is how
 * many times as well ours does (below 1: not as well); an answer that is another one than ours is said.
 *
 *   node bench/beside/index.ts [EVENTS]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Peer, type Question, QUESTIONS } from './lane.ts';
import type { Measured } from './measure.ts';
import { PEERS } from './peers.ts';

const PROGRAM = fileURLToPath(new URL('measure.ts', import.meta.url));

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly reach: string;
}

/** One row a peer. */
export function peerRows(events: number): Row[] {
  const rows: Row[] = [];
  let ours: Measured | undefined;
  for (const peer of PEERS) {
    process.stderr.write(`beside others: ${peer.name} …\n`);
    const found = measured(peer, events);
    if (typeof found !== 'string') ours ??= found;
    const text = typeof found === 'string' ? found : lineOf(found, ours ?? found);
    rows.push({ what: `${peer.name}, ${events.toLocaleString('en')} events (${peer.how})`, measured: text, reach: '' });
  }
  return rows;
}

/** Why not, where it could not be. */
function measured(peer: Peer, events: number): Measured | string {
  const reason = peer.absent();
  if (reason !== undefined) return reason;
  const words = ['--disable-warning=ExperimentalWarning', PROGRAM, peer.name, String(events)];
  const done = spawnSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const last = done.stdout.trimEnd().split('\n').at(-1) ?? '';
  if (done.status === 0) return JSON.parse(last) as Measured;
  return `it failed: ${done.stderr.split('\n').find((line) => line.includes('Error')) ?? done.signal ?? ''}`;
}

function lineOf({ intake, settled, cpu, bytes, asked, answered }: Measured, ours: Measured): string {
  const isOurs = ours.asked === asked;
  /** `factor`: how many times as well ours does. */
  const beside = (text: string, factor: number): string => (isOurs ? text : `${text} [${times(factor)}]`);
  const parts = [
    beside(`${count(intake)} events/s`, ours.intake / intake),
    beside(`${count(settled)} with merging`, ours.settled / settled),
    ...(cpu === undefined ? [] : [beside(`${cpu.toFixed(1)} µs of a core an event`, cpu / (ours.cpu ?? cpu))]),
    beside(`${bytes.toFixed(bytes < 100 ? 1 : 0)} B an event`, bytes / ours.bytes),
  ];
  for (const [question, what] of Object.entries(QUESTIONS) as [Question, string][]) {
    const same = answered[question] === ours.answered[question] ? '' : ' (ANOTHER ANSWER)';
    const ms = asked[question];
    parts.push(
      `${what}: ${beside(`${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`, ms / ours.asked[question])}${same}`,
    );
  }
  return parts.join('; ');
}

const count = (value: number): string => Math.round(value).toLocaleString('en');

const times = (factor: number): string =>
  `ours ${factor < 0.1 ? factor.toFixed(3) : factor < 10 ? factor.toFixed(1) : Math.round(factor)}×`;

if (import.meta.main) {
  const [events = '1000000'] = process.argv.slice(2);
  for (const { what, measured: text } of peerRows(Number(events))) process.stdout.write(`${what}\n  ${text}\n`);
}
