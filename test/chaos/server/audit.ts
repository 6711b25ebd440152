/**
 * The reckoning: what the world knows it handed over, against what the server holds. Everything is exact; a difference is a
 * line of text, and an empty list is a pass.
 */
import { isDeepStrictEqual } from 'node:util';
import type { WireAlert, WireEvent } from '#contract';
import type { Line } from './auth-log.ts';
import { type Attempt, expected } from './burglars.ts';
import type { Note } from './clerk.ts';
import { uninterrupted } from './reference.ts';
import type { Posted } from './senders.ts';
import type { Visit } from './visitors.ts';

export interface Known {
  readonly posted: readonly Posted[];
  readonly lines: readonly Line[];
  readonly visits: readonly Visit[];
  readonly notes: readonly Note[];
}

export interface Reckoning {
  readonly faults: readonly string[];
  readonly acked: number;
  readonly lost: number;
  readonly duplicated: number;
}

const GUESSING = 'Password guessing over SSH';
const GUESSED = 'Success after many failures';
const VISIT = 'Honeypot Connection';

export function reckon(known: Known, events: readonly WireEvent[], alerts: readonly WireAlert[]): Reckoning {
  const faults: string[] = [];
  const byPost = tally(events, (event) => text(event['chaos']));
  const byLine = tally(events, (event) => (event['host.name'] === 'nas' ? text(event['process.pid']) : ''));
  let lost = 0;
  let duplicated = 0;
  let acked = 0;

  function hold(what: string, found: number, least: number, most: number): void {
    if (found < least) lost++;
    if (found > most) duplicated += found - most;
    if (found < least || found > most) faults.push(`${what}: ${found} times, not ${least} to ${most}`);
  }

  for (const { ids, state, keyed } of known.posted) {
    if (state === 'acked') acked += ids.length;
    for (const id of ids) hold(`${state} post ${id}`, byPost.get(id) ?? 0, state === 'acked' || keyed ? 1 : 0, 1);
    const whole = new Set(ids.map((id) => byPost.get(id) ?? 0)).size;
    if (whole > 1) faults.push(`a part of the post ${ids[0]} is there, a part is not`);
  }
  for (const line of known.lines) hold(`line ${line.number}`, byLine.get(`${line.number}`) ?? 0, 1, 1);
  for (const { address, seen } of known.visits) {
    const opened = events.filter(
      (event) => event['source.ip'] === address && event['event.action'] === 'connection-opened',
    );
    hold(`visit of ${address}`, opened.length, seen ? 1 : 0, 1);
  }
  const accounted = known.posted.flatMap(({ ids }) => ids).reduce((sum, id) => sum + (byPost.get(id) ?? 0), 0);
  const visits = events.filter((event) => event['labels.service'] === 'honeypot').length;
  const looks = events.filter((event) => event['event.dataset'] === 'porchlight.snapshot').length;
  const strange = events.length - accounted - known.lines.length - visits - looks;
  if (strange !== 0) faults.push(`${strange} events that nobody sent`);
  faults.push(...doubleIds(events), ...order(events, known.lines), ...burglaries(events, known.lines, alerts));
  faults.push(...visitAlerts(events, alerts), ...asUninterrupted(events, alerts), ...noted(known.notes, alerts));
  return { faults, acked, lost, duplicated };
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? `${value}` : '');

function tally(events: readonly WireEvent[], key: (event: WireEvent) => string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const event of events) {
    const name = key(event);
    if (name !== '') found.set(name, (found.get(name) ?? 0) + 1);
  }
  return found;
}

function doubleIds(events: readonly WireEvent[]): string[] {
  const all = new Set(events.map((event) => event['event.id']));
  return all.size === events.length ? [] : [`${events.length - all.size} event ids are there twice`];
}

/** Within one file lines were stored as they were written. */
function order(events: readonly WireEvent[], lines: readonly Line[]): string[] {
  const last = new Map<string, number>();
  const faults: string[] = [];
  for (const event of events) {
    if (event['host.name'] !== 'nas') continue;
    const line = lines[Number(event['process.pid']) - 1];
    if (line === undefined) continue;
    const before = last.get(line.file) ?? 0;
    if (line.number < before) faults.push(`line ${line.number} came after line ${before} of the same file`);
    last.set(line.file, line.number);
  }
  return faults;
}

function burglaries(events: readonly WireEvent[], lines: readonly Line[], alerts: readonly WireAlert[]): string[] {
  const attempts = new Map<string, Attempt[]>();
  for (const event of events) {
    if (event['host.name'] !== 'nas') continue;
    const attempt = lines[Number(event['process.pid']) - 1]?.attempt;
    if (attempt === undefined) continue;
    attempts.set(attempt.address, [...(attempts.get(attempt.address) ?? []), attempt]);
  }
  return [...attempts].flatMap(([address, made]) => {
    const { guesses, wasLetIn } = expected(made);
    const of = (title: string): readonly WireAlert[] =>
      alerts.filter((one) => one.title === title && one.entity === address);
    const counts = of(GUESSING).map(({ count }) => count);
    const faults: string[] = [];
    if (!isDeepStrictEqual(counts, guesses === 0 ? [] : [guesses]))
      faults.push(`${address} failed ${guesses} logins in its windows; alerts count ${counts.join(' and ')}`);
    const critical = of(GUESSED);
    if (critical.length !== (wasLetIn ? 1 : 0)) faults.push(`${address}: ${critical.length} alerts that it got in`);
    const success = critical[0]?.evidence.some((event) => event['event.outcome'] === 'success');
    if (success === false) faults.push(`${address}: the login itself is no evidence`);
    return faults;
  });
}

function visitAlerts(events: readonly WireEvent[], alerts: readonly WireAlert[]): string[] {
  const opened = tally(events, (event) =>
    event['event.action'] === 'connection-opened' ? text(event['source.ip']) : '',
  );
  return [...opened].flatMap(([address, count]) => {
    const counts = alerts.filter((one) => one.title === VISIT && one.entity === address).map((one) => one.count);
    return isDeepStrictEqual(counts, [count])
      ? []
      : [`${address} came ${count} times; alerts count ${counts.join(' and ')}`];
  });
}

/** Every alert, its number, counts, times and evidence, as if the server had never been killed. */
function asUninterrupted(events: readonly WireEvent[], alerts: readonly WireAlert[]): string[] {
  const reference = uninterrupted(events);
  const faults = reference.size === alerts.length ? [] : [`${alerts.length} alerts; without kills ${reference.size}`];
  for (const found of alerts) {
    const one = reference.get(found.id);
    if (one === undefined) {
      faults.push(`alert ${found.id} would not be there without kills`);
      continue;
    }
    const { title, entity, count, first_seen, last_seen, evidence_count, level } = one.alert;
    const evidence = one.evidence.map(({ id }) => id as string);
    const times = [first_seen, last_seen];
    const without = {
      title,
      entity,
      count,
      level,
      times,
      evidence: evidence.toSorted(),
      omitted: evidence_count - evidence.length,
    };
    const present = {
      title: found.title,
      entity: found.entity,
      count: found.count,
      level: found.level,
      times: [Date.parse(found.first_seen), Date.parse(found.last_seen)],
      evidence: found.evidence.map((event) => text(event['event.id'])).toSorted(),
      omitted: found.evidence_omitted,
    };
    if (!isDeepStrictEqual(present, without))
      faults.push(`alert ${found.id} is ${JSON.stringify(present)}; without kills ${JSON.stringify(without)}`);
  }
  return faults;
}

function noted(notes: readonly Note[], alerts: readonly WireAlert[]): string[] {
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  return notes.flatMap(({ alert, text: note, kept }) => {
    const found = byId.get(alert);
    const times = found?.history.filter((entry) => entry.note === note).length ?? 0;
    if (times > 1 || (kept && times === 0)) return [`the note ${note} is on alert ${alert} ${times} times`];
    return kept && found?.status !== 'acknowledged' ? [`alert ${alert} is ${found?.status}, though acknowledged`] : [];
  });
}
