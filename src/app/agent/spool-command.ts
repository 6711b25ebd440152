/** `porchlight agent spool`: what lies on disk, also while the agent runs. */
import { printable, printableJson } from '#lib/printable';
import type { Context, Values } from '../command.ts';
import { parkedHeads } from './parked.ts';
import { spoolOf } from './places.ts';
import { inspectSpool, waitingLines } from './spool/inspect.ts';
import { size } from './status-command.ts';

export async function showSpool(context: Context, values: Values, folder: string): Promise<number> {
  const spool = spoolOf(folder);
  if (values['print'] === true) {
    for (const line of waitingLines(spool)) {
      if (context.signal.aborted) break;
      context.out(
        values['json'] === true
          ? `${printableJson(line)}\n`
          : `${line.seq} ${printable(line.source)} ${printable(line.text)}\n`,
      );
    }
    return 0;
  }
  const view = inspectSpool(spool);
  const parked = parkedHeads(spool);
  if (values['json'] === true) {
    context.out(`${printableJson({ ...view, parked_batches: parked })}\n`);
    return 0;
  }
  const iso = (at: number | null): string => (at === null ? '-' : new Date(at).toISOString());
  const rows = view.segments.map(
    ({ number, bytes, records, oldest, newest, damaged }) =>
      `  ${String(number).padStart(8, '0')}  ${size(bytes).padStart(9)}  ${String(records).padStart(8)} records  ${iso(oldest)} to ${iso(newest)}${damaged === 0 ? '' : `  ${damaged} DAMAGED`}`,
  );
  const lines = [
    `${view.records} records wait (numbers ${view.ack} to ${view.next}), ${size(view.bytes)} in ${view.segments.length} segments of ${spool}.`,
    ...rows,
    ...(view.quarantined === 0 ? [] : [`${view.quarantined} damaged places, set aside in ${spool}/quarantine.`]),
    ...parked.map(({ from, to, reason, at }) => `Parked ${at}: ${to - from} records. ${printable(reason)}`),
  ];
  context.out(`${lines.join('\n')}\n`);
  return 0;
}
