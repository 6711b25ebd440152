/** Everybody who deals with one server: senders, burglars and their log, visitors, the clerk; and what they know together. */
import { authLog, type AuthLog } from './auth-log.ts';
import type { Known } from './audit.ts';
import { type Burglars, burglars } from './burglars.ts';
import { clerk } from './clerk.ts';
import type { House } from './house.ts';
import type { Random } from './random.ts';
import { type Senders, senders } from './senders.ts';
import type { Stored } from './stored.ts';
import { visitors } from './visitors.ts';
import { until } from './waiting.ts';

export interface World extends Disposable {
  readonly log: AuthLog;
  readonly burglars: Burglars;
  /** Those at work; undefined before `work`. */
  senders(): Senders;
  /** Everybody begins. */
  work(): void;
  /** Everybody comes to an end; resolves when nothing is under way any more. */
  rest(): Promise<void>;
  known(): Known;
}

export interface Pace {
  readonly senders: number;
  /** Most ms between two posts of one sender. */
  readonly think: number;
}

/** Lines of the log begin at once; the others when told, since the server must have seen the log before it is the world's. */
export function populate(house: House, random: Random, pace: Pace): World {
  const strangers = burglars(random);
  const log = authLog({ path: house.log, random, burglars: strangers, rotation: 0.004 });
  const people = [visitors(house), clerk(house, random)] as const;
  let post: Senders | undefined;
  const sending = (): Senders => {
    if (post === undefined) throw new Error('Nobody sends yet.');
    return post;
  };
  return {
    log,
    burglars: strangers,
    senders: sending,
    work() {
      post = senders({ house, random, count: pace.senders, think: pace.think });
      log.run();
      for (const one of people) one.run();
    },
    async rest() {
      await Promise.all([sending().stop(), log.stop(), ...people.map((one) => one.stop())]);
    },
    known: () => ({ posted: post?.posted ?? [], lines: log.lines, visits: people[0].visits, notes: people[1].notes }),
    [Symbol.dispose]: () => log[Symbol.dispose](),
  };
}

/** Reads on until every line that was written is stored: the files are read last, so everything else is there by then. */
export async function settle(found: Stored, { lines }: Known): Promise<void> {
  await until(
    `${lines.length} lines are stored`,
    async () => {
      await found.more();
      const ours = found.events.filter((event) => event['host.name'] === 'nas' && 'process.pid' in event);
      const numbers = new Set(ours.map((event) => event['process.pid']));
      return numbers.size >= lines.length ? true : undefined;
    },
    60_000,
  );
}
