/**
 * What container engines put around a line of a container's output:
 *
 *   2025-12-31T17:37:40.493035218+01:00 stdout F text              CRI (containerd, CRI-O): /var/log/pods
 *   {"log":"text\n","stream":"stderr","time":"2025-12-31T…Z"}      Docker's json-file
 *   vaultwarden-1  | text                                          docker compose logs
 *
 * Inside is a line like any other, with an envelope, a record or words. The engine's time has a zone and fractions, so it is
 * the event's.
 */
import { fieldOf } from './fields.ts';
import type { Clock } from './timestamp.ts';
import { readIsoStamp } from './timestamp.ts';
import { UTC_CLOCK } from './zone.ts';

export interface Contained {
  readonly framing: 'cri' | 'docker' | 'compose';
  readonly text: string;
  readonly time: number | undefined;
  readonly stream: string | undefined;
  /** The container's name, where it stands in the line. */
  readonly program: string | undefined;
}

const SPACE = 32;

export function contained(text: string): Contained | undefined {
  const code = text.charCodeAt(0);
  if (code >= 48 && code <= 57) return text.charCodeAt(10) === 84 ? cri(text) : undefined;
  return code >= 97 && code <= 122 ? compose(text) : undefined;
}

function cri(text: string): Contained | undefined {
  const end = text.indexOf(' ', 19);
  if (end === -1 || end > 40 || text.charCodeAt(end + 7) !== SPACE || text.charCodeAt(end + 9) !== SPACE)
    return undefined;
  const stream = text.slice(end + 1, end + 7);
  const tag = text.charAt(end + 8);
  if ((stream !== 'stdout' && stream !== 'stderr') || (tag !== 'F' && tag !== 'P')) return undefined;
  return { framing: 'cri', text: text.slice(end + 10), time: engineTime(text), stream, program: undefined };
}

/** Engines always write the zone, so the clock is never asked. */
const engineTime = (text: string, clock: Clock = UTC_CLOCK): number | undefined => readIsoStamp(text, 0, clock)?.time;

/** The name is padded to the longest one, so two blanks stand before the bar. `-1` and `_1` count the service's containers. */
const COMPOSE = /^([a-z0-9][a-z0-9_.-]{0,63}?)(?:[-_]\d{1,3})? {1,64} \| ?/;

function compose(text: string): Contained | undefined {
  const bar = text.indexOf(' | ');
  if (bar < 2 || bar > 130 || text.charCodeAt(bar - 1) !== SPACE) return undefined;
  const match = COMPOSE.exec(text);
  if (match === null) return undefined;
  return {
    framing: 'compose',
    text: text.slice(match[0].length),
    time: undefined,
    stream: undefined,
    program: match[1],
  };
}

/** A record without this name is none of an engine's. */
export const mayBeDocker = (names: readonly string[]): boolean => names.includes('log');

/** undefined for a record that is not the engine's. */
export function fromDocker(record: Readonly<Record<string, unknown>>): Contained | undefined {
  const log = fieldOf(record, 'log');
  const stream = fieldOf(record, 'stream');
  const time = fieldOf(record, 'time');
  if (typeof log !== 'string' || typeof stream !== 'string' || typeof time !== 'string') return undefined;
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  return { framing: 'docker', text: log.replace(/\r?\n$/, ''), time: engineTime(time), stream, program: undefined };
}
