/** What every part of an import needs, and one file of it. */
import type { Config } from '#contract';
import { type Zone, zoneOf } from '#normalize';
import type { Source } from './content.ts';
import type { Stream } from './known.ts';
import { inOrder } from './monitor-line.ts';
import type { Tally } from './tally.ts';

export interface Means {
  readonly config: Config;
  /** Whose the lines are, where they do not say themselves. */
  readonly host: string;
  /** IANA name for stamps without a zone in that file. */
  readonly timezoneOf: (path: string) => string;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** A line for whoever waits. */
  readonly say: (text: string) => void;
}

export interface Job {
  readonly source: Source;
  readonly stream: Stream;
  readonly tally: Tally;
  /** The first bytes of the content. */
  readonly head: Buffer;
  /** Unpacked bytes. */
  readonly size: number;
}

/** Damaged lines and records that are named one by one; the others are only counted. */
const NAMED = 10;

export function badLine(means: Means, job: Job, number: number, reason: string): void {
  bad(means, job, `${number}: ${reason}`);
}

/** `what` follows the file's name and a colon. */
export function bad({ say }: Means, { tally }: Job, what: string): void {
  if (++tally.bad <= NAMED) say(`${tally.file}:${what}`);
  else if (tally.bad === NAMED + 1) say(`${tally.file}: more like that are only counted`);
}

/** For lines of a monitor, which come in the order of their times. */
export function orderedZone({ source }: Job, { timezoneOf }: Means): Zone {
  const name = timezoneOf(source.path);
  const zone = zoneOf(name);
  if (zone === undefined) throw new RangeError(`There is no time zone ${name}.`);
  return inOrder(zone);
}
