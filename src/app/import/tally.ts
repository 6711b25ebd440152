/** What becomes of a file's lines. */
import { unreachable } from '#lib/unreachable';
import type { Kind } from './kind.ts';

export interface Tally {
  readonly file: string;
  readonly kind: Kind;
  /** Lines that are in now and were not before. */
  taken: number;
  /** Lines that were in already, or that the follower has or will bring. */
  known: number;
  /** Lines that could not be understood; places of an event log that are damaged. */
  bad: number;
  /** Why nothing more of the file was taken. */
  failed?: string;
}

export const newTally = (file: string, kind: Kind): Tally => ({ file, kind, taken: 0, known: 0, bad: 0 });

const UNITS: Readonly<Record<Kind, readonly [one: string, many: string]>> = {
  metrics: ['look', 'looks'],
  alerts: ['warning', 'warnings'],
  lines: ['event', 'events'],
  evtx: ['event', 'events'],
};

function counted(count: number, [one, many]: readonly [string, string]): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

const damaged = (count: number): string => `${counted(count, ['place is', 'places are'])} damaged or in doubt`;

/** `12,345 events; 3 lines could not be understood`. */
export function inWords({ kind, taken, known, bad, failed }: Tally): string {
  if (failed !== undefined && taken === 0) return `nothing taken: it ${failed}`;
  const parts = [counted(taken, UNITS[kind])];
  if (failed !== undefined) parts.push(`then it ${failed}`);
  const [one, many] = kind === 'evtx' ? ['record', 'records'] : ['line', 'lines'];
  if (known > 0) parts.push(`${counted(known, [`${one} was`, `${many} were`])} there already`);
  if (bad > 0) parts.push(kind === 'evtx' ? damaged(bad) : `${counted(bad, [one, many])} could not be understood`);
  return parts.join('; ');
}

/** Where it can be seen. */
export function placeOf(kind: Kind): string {
  switch (kind) {
    case 'metrics':
      return 'the charts show the looks';
    case 'alerts':
      return 'event.dataset:porchlight.monitor_alert finds the warnings';
    case 'lines':
    case 'evtx':
      return 'the search finds the events; alerts from old lines are marked historic';
    default:
      return unreachable(kind);
  }
}
