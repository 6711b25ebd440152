/**
 * What a person hears of a host's health: one message when something new is wrong, one when it is over, nothing in between.
 *
 * A finding is known by its metric, not by its words: '23 failed logins' and '24 failed logins' are the same trouble. It is over when
 * it stayed away for `CALM` snapshots in a row, so that a value on the edge of its limit does not ring once a snapshot.
 *
 *   snapshot       1    2    3    4    5    6    7
 *   over limit     x    x    .    x    .    .    .
 *   message       news                           end        (CALM = 3)
 *
 * The state is what the person was told. It is plain data: keep `told` and hand it in with the next snapshot, after a restart too.
 * The alert-level entries of the last stored snapshot will do where nothing better was kept.
 */
import type { Level } from '#contract';
import { type Push, push } from './push.ts';

/** An alert-level entry of a snapshot. */
export interface Finding {
  readonly metric: string;
  /** As in `monitor_alerts.jsonl`: 'Recent failed login attempts: 23 (last 300 lines)'. */
  readonly message: string;
}

/** What the person knows of, and for how many snapshots in a row it has been away. */
export interface Told extends Finding {
  readonly calm?: number | undefined;
}

export interface Summaries {
  /** `previous` of the next call. */
  readonly told: readonly Told[];
  readonly pushes: readonly Push[];
}

/** Snapshots in a row. At the usual ten seconds half a minute. */
export const CALM = 3;

/** Alert level is high and critical; a machine under load is no break-in. */
const LEVEL: Level = 'high';

export function summaries(host: string, previous: readonly Told[], current: readonly Finding[]): Summaries {
  const now = new Map(current.map((finding) => [finding.metric, finding]));
  const known = new Set(previous.map(({ metric }) => metric));
  const fresh = [...now.values()].filter(({ metric }) => !known.has(metric));
  const kept = previous.map((one): Told => {
    const still = now.get(one.metric);
    return still === undefined ? { ...one, calm: (one.calm ?? 0) + 1 } : { metric: one.metric, message: still.message };
  });
  const over = kept.filter(({ calm = 0 }) => calm >= CALM);
  const standing = kept.filter(({ calm = 0 }) => calm < CALM);
  return { told: [...standing, ...fresh.map(bare)], pushes: messages(host, fresh, over, standing) };
}

/** A caller's entries have more fields than the state needs. */
const bare = ({ metric, message }: Finding): Told => ({ metric, message });

function messages(
  host: string,
  fresh: readonly Finding[],
  over: readonly Told[],
  standing: readonly Told[],
): readonly Push[] {
  const ended = over.map(({ message }) => `${subject(message)}: back to normal`);
  const rest = standing.filter(({ calm = 0 }) => calm === 0).map(({ message }) => `Still: ${message}`);
  if (fresh.length > 0) {
    const news = fresh.map(({ message }) => message);
    return [push('', LEVEL, `${host} needs a look`, [...news, ...ended, ...rest])];
  }
  if (over.length === 0) return [];
  const title =
    rest.length === 0
      ? `${host} is back to normal`
      : `${host}: ${over.length === 1 ? 'one thing' : `${over.length} things`} less`;
  return [push('', 'informational', title, [...ended, ...rest])];
}

/** 'Recent failed login attempts' of 'Recent failed login attempts: 23 (last 300 lines)'. */
const subject = (message: string): string => message.split(': ')[0] ?? message;
