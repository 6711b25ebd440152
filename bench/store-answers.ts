/**
 * How fast a full store answers: a month of a house's logs, sealed day by day, the last day the busiest, and the questions that
 * dashboards and people ask. Straight through the store, without a server around it.
 *
 *   node bench/store-answers.ts [EVENTS] [FOLDER]
 *
 * Wall time is the median of five, after the very first answer, which stands beside it; processor time is of this thread. In a
 * FOLDER the store stays, and is asked again without being made again.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrich } from '#enrich';
import { normalize } from '#normalize';
import { encodeBatch, openReader, openSqliteStore, openUpkeep, type Reader } from '#store';
import type { Event } from '#contract';
import { generator } from './synthetic.ts';

const DAY = 86_400_000;
const DAYS = 30;
const START = Date.parse('2026-02-13T00:00:00Z');
export const END = START + DAYS * DAY;
const A_BATCH = 1000;
/** Of the last day, as far as there are so many. */
const BUSIEST = 1_000_000;
const RARE = '192.0.2.250';
/** One event in so many has the rare address. */
const RARELY = 400_000;
const ROUNDS = 5;

const context = { timezone: 'UTC', count: () => undefined };
const known = { ownAddresses: new Set<string>() };
const source = { id: 'http', agent: 'local', host: 'bench' };
const LEVELS = ['info', 'info', 'info', 'notice', 'info', 'warning', 'info', 'error'];

/** Times of all events, ascending. */
function* timesOf(count: number): Generator<number> {
  const last = Math.min(BUSIEST, Math.ceil(count / 3));
  for (let i = 0; i < count - last; i++) yield START + Math.floor((i * (DAYS - 1) * DAY) / (count - last));
  for (let i = 0; i < last; i++) yield END - DAY + Math.floor((i * DAY) / last);
}

export function* eventsOf(count: number): Generator<Event> {
  const { record } = generator(1);
  let index = 0;
  for (const time of timesOf(count)) {
    const event = normalize({ source, received: time + 300, text: '', fields: record(time) }, context);
    if (event === undefined) throw new Error('The generator made a line that is none');
    const more = { 'log.level': LEVELS[index % LEVELS.length] ?? 'info' };
    yield enrich({ ...event, ...more, ...(++index % RARELY === 0 ? { 'source.ip': RARE } : {}) }, known);
  }
}

async function fill(path: string, count: number): Promise<void> {
  const store = await openSqliteStore(path);
  const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
  let batch = 0;
  let waiting: Event[] = [];
  const commit = async (): Promise<void> => {
    const received = Math.ceil(waiting.at(-1)?.['@timestamp'] ?? START);
    const more = { hits: 0, marks: [], alerts: [], outbox: [] };
    await store.commit({ batch: ++batch, received, events: encodeBatch(waiting), ...more });
    waiting = [];
    if (batch % 33 === 0) upkeep.seal(received);
    if (batch % 1000 === 0) process.stderr.write(`${batch * A_BATCH} events\n`);
  };
  for (const event of eventsOf(count)) if (waiting.push(event) === A_BATCH) await commit();
  if (waiting.length > 0) await commit();
  while (upkeep.hot().events > 0) upkeep.seal(END);
  upkeep.close();
  await store.close();
}

interface Question {
  readonly what: string;
  readonly reach: string;
  ask(reader: Reader): Promise<unknown>;
}

const events =
  (q: string, range: object = {}) =>
  (reader: Reader) =>
    reader.events({ q, limit: 100, ...range });
const lastDay = { from: END - DAY, to: END };
/** As the page asks: the bars begin anywhere. */
const anyDay = { from: END - DAY - 12_345_678, to: END - 12_345_678 };
const table = (q: string, range: object) => (reader: Reader) => reader.table({ q, now: END, ...range });

const QUESTIONS: readonly Question[] = [
  { what: 'newest 100', reach: '≤ 20 ms', ask: events('') },
  {
    what: 'newest 100 of three filters',
    reach: '≤ 20 ms',
    ask: events('user.name:root event.outcome:failure host.name:nas'),
  },
  { what: '24 h, bars by severity', reach: '≤ 60 ms', ask: table('| histogram 10m by log.level', lastDay) },
  {
    what: '24 h, bars by outcome, from any moment',
    reach: '≤ 60 ms',
    ask: table('| histogram 10m by event.outcome', anyDay),
  },
  {
    what: '24 h, 96 bars from any moment',
    reach: '≤ 60 ms',
    ask: (reader) => reader.histogram({ q: '', bins: 96, now: END, ...anyDay }),
  },
  {
    what: '30 days, 120 bars',
    reach: '',
    ask: (reader) => reader.histogram({ q: '', bins: 120, now: END, from: START, to: END }),
  },
  { what: 'a rare address, 30 days', reach: '≤ 100 ms', ask: events(`source.ip:${RARE}`) },
  { what: 'an address that never came, 30 days', reach: '≤ 100 ms', ask: events('source.ip:192.0.2.251') },
  { what: 'a substring that is nowhere, the last day', reach: '≤ 150 ms', ask: events('nowhere-to-be-found', lastDay) },
  { what: 'a substring within words, the last day', reach: '≤ 150 ms', ask: events('*ession-7*7.scop*', lastDay) },
  {
    what: 'top 10 source.ip, the last day',
    reach: '≤ 200 ms',
    ask: (reader) => reader.values({ q: '', field: 'source.ip', limit: 10, ...lastDay }),
  },
  {
    what: 'top 10 user.name, from any moment',
    reach: '≤ 200 ms',
    ask: (reader) => reader.values({ q: '', field: 'user.name', limit: 10, ...anyDay }),
  },
  { what: '| top 10 source.ip, the last day', reach: '≤ 200 ms', ask: table('| top 10 source.ip', lastDay) },
  {
    what: 'top 10 user.name of failures, the last day',
    reach: '≤ 200 ms',
    ask: (reader) => reader.values({ q: 'event.outcome:failure', field: 'user.name', limit: 10, ...lastDay }),
  },
];

export interface Answer {
  readonly what: string;
  readonly reach: string;
  /** ms */
  readonly first: number;
  readonly median: number;
  readonly cpu: number;
}

async function answers(path: string): Promise<Answer[]> {
  const reader = openReader(path, { searchLimit: 600_000 });
  try {
    const all: Answer[] = [];
    for (const { what, reach, ask } of QUESTIONS) {
      const walls: number[] = [];
      const cpus: number[] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const cpu = process.threadCpuUsage();
        const at = performance.now();
        await ask(reader);
        walls.push(performance.now() - at);
        const { user, system } = process.threadCpuUsage(cpu);
        cpus.push((user + system) / 1000);
      }
      all.push({ what, reach, first: walls[0] ?? 0, median: median(walls.slice(1)), cpu: median(cpus.slice(1)) });
    }
    return all;
  } finally {
    reader.close();
  }
}

const median = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? 0;

/** A store of so many events, asked; made in a folder that is kept, or in one that goes away. */
export async function storeAnswers(count: number, kept?: string): Promise<Answer[]> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'porchlight-bench-'));
  const path = join(folder, 'porchlight.db');
  try {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(path)) {
      const at = performance.now();
      await fill(path, count);
      const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      const seconds = Math.round((performance.now() - at) / 1000);
      process.stderr.write(`${count} events made in ${seconds} s, ${(bytes / count).toFixed(1)} B each\n`);
    }
    return await answers(path);
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const [count = '1000000', folder] = process.argv.slice(2);
  for (const { what, reach, first, median: wall, cpu } of await storeAnswers(Number(count), folder))
    console.log(
      `${what.padEnd(48)} ${wall.toFixed(1).padStart(8)} ms  cpu ${cpu.toFixed(1).padStart(8)}  first ${first.toFixed(1).padStart(8)}  ${reach}`,
    );
}
