/** One event as one line for a terminal. Everything in it may come from an attacker. */
import type { Event, WireEvent } from '#contract';
import { printable } from '#lib/printable';

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time of day. */
function clock(time: number): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function day(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** How a list writes its times, all in one way: by the clock where they are of today, else with their dates. Local time. */
export function clockFor(times: readonly number[], now: number): (time: number) => string {
  const today = day(now);
  return times.every((time) => day(time) === today) ? clock : (time) => `${day(time)} ${clock(time)}`;
}

export function timeOf(event: Event | WireEvent): number {
  const stamp = event['@timestamp'];
  return typeof stamp === 'number' ? stamp : Date.parse(String(stamp));
}

/** `11:25:10 nas sshd: Failed password for root from 203.0.113.7`, cut to `columns`. */
export function eventLine(event: Event | WireEvent, columns: number, stamp: (time: number) => string = clock): string {
  const program = event['process.name'] ?? event['event.dataset'];
  const parts = [
    stamp(timeOf(event)),
    String(event['host.name'] ?? '-'),
    program === undefined ? '' : `${String(program)}:`,
    summary(event),
  ];
  return cut(printable(parts.filter((part) => part !== '').join(' ')), columns);
}

function summary(event: Event | WireEvent): string {
  const message = event['message'] ?? event['event.original'];
  if (message !== undefined && message !== null) return String(message);
  const told = Object.entries(event).filter(
    ([field]) => !field.startsWith('@') && !field.startsWith('event.') && field !== 'host.name',
  );
  return told.map(([field, value]) => `${field}=${String(value)}`).join(' ');
}

export const cut = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, Math.max(1, columns - 1))}…`;
