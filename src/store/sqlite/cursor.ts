/** Where a list goes on. Opaque to everyone else; a text that we did not write is BAD_REQUEST. */
import { CodedError, parseEventId } from '#contract';

/** Place of an event: newest first is by time, then batch, then ordinal, all descending. */
export interface Place {
  readonly time: number;
  readonly batch: number;
  readonly ordinal: number;
}

/** The last event shown, and the last batch that the first page saw: later commits do not move the pages. */
export interface EventCursor {
  readonly place: Place;
  readonly through: number;
}

const bad = (): CodedError => new CodedError('BAD_REQUEST', 'the cursor is not one that a list gave.');

function numbers(text: string, count: number): number[] {
  const parts = text.split('_').map((part) => (part === '' ? Number.NaN : Number(part)));
  if (parts.length !== count || !parts.every(Number.isFinite)) throw bad();
  return parts;
}

export const writeEventCursor = ({ place, through }: EventCursor): string =>
  `${place.time}_${place.batch}_${place.ordinal}_${through}`;

export function readEventCursor(text: string): EventCursor {
  const [time = 0, batch = 0, ordinal = 0, through = 0] = numbers(text, 4);
  return { place: { time, batch, ordinal }, through };
}

export function readStoredCursor(text: string): { readonly batch: number; readonly ordinal: number } {
  const place = parseEventId(text);
  if (place === undefined) throw bad();
  return place;
}

export const writeAlertCursor = (lastSeen: number, id: number): string => `${lastSeen}_${id}`;

export function readAlertCursor(text: string): { readonly lastSeen: number; readonly id: number } {
  const [lastSeen = 0, id = 0] = numbers(text, 2);
  return { lastSeen, id };
}

/** Negative when `a` comes first in a list, newest first. */
export const newestFirst = (a: Place, b: Place): number =>
  b.time - a.time || b.batch - a.batch || b.ordinal - a.ordinal;
