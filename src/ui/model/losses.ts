/** What was not kept, and why: each counter of the server in its own unit. What is no loss (a search that was refused) is none of these. */
import type { RouteResponse } from '#contract';
import { dataSize, plural } from './text.ts';

export type Counter = RouteResponse<'health'>['counters'][number];

/** By the counter's name: how much, and of what. */
const LOST: Readonly<Record<string, (value: number) => string>> = {
  records_dropped: (value) => plural(value, 'record'),
  records_lost: (value) => plural(value, 'record'),
  honeypot_lines_dropped: (value) => plural(value, 'line of the honeypot', 'lines of the honeypot'),
  syslog_dropped_kernel: (value) => plural(value, 'syslog message'),
  notifications_dropped: (value) => plural(value, 'message to you', 'messages to you'),
  monitor_lines_lost: (value) => plural(value, 'line of the monitor’s files', 'lines of the monitor’s files'),
  file_bytes_lost: (value) => `${dataSize(value)} of files`,
  file_losses: (value) => plural(value, 'gap in files', 'gaps in files'),
  journal_losses: (value) => plural(value, 'gap in the journal', 'gaps in the journal'),
  windows_event_losses: (value) => plural(value, 'Windows event'),
  store_batches_damaged: (value) => plural(value, 'batch', 'batches'),
  http_connections_refused: (value) => plural(value, 'connection refused', 'connections refused'),
  agent_connections_refused: (value) =>
    plural(value, 'connection of an agent refused', 'connections of agents refused'),
};

/** Refusals that leave something out that somebody sent. */
const REFUSED = new Set(['BAD_BODY', 'TOO_LARGE', 'UNSUPPORTED_ENCODING', 'QUOTA', 'BUSY', 'STORE_FAILED', 'SEQUENCE']);

const readable = (label: string): string => label.replaceAll('_', ' ').toLowerCase();

function lossOf({ name, label, value }: Counter): string {
  if (value === 0) return '';
  if (name === 'http_refused' || name === 'agent_refused')
    return REFUSED.has(label) ? `${plural(value, 'request')} refused: ${readable(label)}` : '';
  const amount = Object.hasOwn(LOST, name) ? (LOST[name]?.(value) ?? '') : '';
  return amount === '' || label === ''
    ? amount
    : `${amount}: ${name === 'windows_event_losses' ? label : readable(label)}`;
}

/** `12 records: older than backfill`, a line each. */
export const notKept = (counters: readonly Counter[]): readonly string[] =>
  counters.map(lossOf).filter((line) => line !== '');

const PASSED_OVER: Readonly<Record<string, string>> = {
  late: 'came too late to be counted with others',
  group_evicted: 'let go, since too many had to be remembered at once',
  entry_evicted: 'let go, since too many had to be remembered at once',
  no_group: 'have not what their rule groups by',
  no_value: 'have not what their rule counts',
  detect_failed: 'could not be looked at by the rules',
  alert_released: 'no longer fold into a quiet alert',
};

/** Events that are kept, but that rules or alerts had to leave aside. */
export const leftAside = (counters: readonly Counter[]): readonly string[] =>
  counters
    .filter(({ name, value }) => name === 'detections_dropped' && value > 0)
    .map(({ label, value }) => `${plural(value, 'event')}: ${PASSED_OVER[label] ?? readable(label)}`);
