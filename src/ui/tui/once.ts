/** One look as text or as a line of JSON, for those who do not stay. */
import { printableJson } from '#lib/printable';
import { isoTime } from '#contract';
import { frame } from './frame.ts';
import { worstLevel } from './monitor-level.ts';
import { type Part, type TopData, type TopState, valueOf } from './state.ts';
import type { Theme } from './theme.ts';

/** The frame as it is, without the keys and the blank lines at its end. */
export function onceText(state: TopState, columns: number, rows: number, theme: Theme): string {
  const lines = frame(state, columns, rows, theme).slice(0, -1);
  return `${lines.slice(0, lines.findLastIndex((line) => line !== '') + 1).join('\n')}\n`;
}

const orNull = <T>(part: Part<T>): T | null => valueOf(part) ?? null;

/** Everything that is known, unshortened; what is not is null, with the reason under `missing`. */
export function onceJson(data: TopData, now: number): string {
  const scored = valueOf(data.snapshot);
  const missing = Object.entries({ score: data.snapshot, alerts: data.alerts, events: data.authEvents }).flatMap(
    ([name, part]) => ('missing' in part ? [[name, part.missing] as const] : []),
  );
  return printableJson({
    at: isoTime(scored?.snapshot.at ?? now),
    host: data.host,
    level: worstLevel(data) ?? null,
    score: scored?.score.score ?? null,
    band: scored?.score.band ?? null,
    ledger: scored?.score.ledger ?? null,
    entries: scored?.score.entries ?? null,
    levels: orNull(data.levels),
    alerts:
      orNull(data.alerts)?.map(({ id, level, count, first_seen, last_seen, entity, sentence }) => ({
        id,
        level,
        count,
        first_seen,
        last_seen,
        entity,
        sentence,
      })) ?? null,
    auth: scored?.auth ?? null,
    snapshot: scored?.snapshot ?? null,
    ...(missing.length === 0 ? {} : { missing: Object.fromEntries(missing) }),
  });
}
