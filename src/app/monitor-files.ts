/**
 * `monitor_metrics.jsonl` and `monitor_alerts.jsonl`, as the terminal monitor of old wrote them: a line a snapshot, the second one only for
 * snapshots with something at alert level. Times are local and without a zone: their readers expect it.
 *
 * A line is one append, so a reader sees whole lines. A file that has grown to `maxBytes` becomes `….1` (and that `….2`), so the newest
 * lines are always in the file without a number.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ScoredSnapshot } from '#contract';

export const METRICS_FILE = 'monitor_metrics.jsonl';
const ALERTS_FILE = 'monitor_alerts.jsonl';

export interface MonitorFiles {
  /** Throws where the disk refuses; the next snapshot is written again. */
  write(scored: ScoredSnapshot): void;
}

/** About a month of snapshots at ten seconds in all. */
const MAX_BYTES = 64 * 1024 * 1024;
const KEPT = 2;

export function monitorFiles(folder: string, maxBytes = MAX_BYTES): MonitorFiles {
  return {
    write({ snapshot, score }) {
      const timestamp = localTime(snapshot.at);
      append(join(folder, METRICS_FILE), { timestamp, security_score: score.score, entries: score.entries }, maxBytes);
      const alerts = score.entries.filter(({ level }) => level === 'alert').map(({ message }) => message);
      if (alerts.length > 0) append(join(folder, ALERTS_FILE), { timestamp, alerts }, maxBytes);
    },
  };
}

function append(file: string, line: unknown, maxBytes: number): void {
  if (sizeOf(file) >= maxBytes) rotate(file);
  appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
}

function rotate(file: string): void {
  for (let number = KEPT; number >= 1; number--) {
    const from = number === 1 ? file : `${file}.${number - 1}`;
    if (sizeOf(from) > 0) renameSync(from, `${file}.${number}`);
  }
}

/** 0 where there is none. */
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** `2025-11-30 11:25:10`, in this machine's zone. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
