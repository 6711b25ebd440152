/** `doctor --verify`: every event read, and held against its checksums. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '#contract';
import { type Head, headsIn, verifyStore } from '#store';
import type { Context } from '../command.ts';
import { progressLine } from '../commands/progress.ts';
import { broken, type Finding, fine } from './finding.ts';

function readHeads(file: string): Head[] {
  try {
    const heads = headsIn(readFileSync(file, 'utf8'));
    if (heads.length > 0) return heads;
  } catch (cause) {
    throw new CodedError('USAGE', `--heads ${file}: ${(cause as Error).message}`, { cause });
  }
  throw new CodedError('USAGE', `--heads ${file}: no line of it is a head`);
}

const said = (heads: number, file: string): string =>
  heads === 1 ? `the head in ${file} says` : `${heads} heads in ${file} say`;

/** Damages that are named one by one. */
const NAMED = 10;
const WAY_OUT = 'The rest is still found. What is lost comes back only from a backup: porchlight restore FOLDER';

/** `headsFile`: heads of the ledger that were kept elsewhere. */
export async function checkContent(
  folder: string,
  context: Context,
  headsFile: string | undefined,
): Promise<Finding[]> {
  const path = join(folder, 'porchlight.db');
  if (!existsSync(path)) return [];
  const heads = headsFile === undefined ? [] : readHeads(headsFile);
  const progress = progressLine(context);
  const { events, damages, head } = await verifyStore(path, context.signal, heads, ({ file, files, done }) =>
    progress.say(`reading ${file}, file ${done + 1} of ${files}`),
  ).finally(progress.end);
  if (damages.length === 0)
    return [
      fine('Content', `${events.toLocaleString('en')} events, all as they were written`),
      fine(
        'Ledger',
        `${headsFile === undefined ? 'whole' : `whole, and as ${said(heads.length, headsFile)}`}; its head is ${head.seq} ${head.hash}`,
      ),
    ];
  const named = damages.slice(0, NAMED).map(({ what, reason }) => broken('Content', `${what}: ${reason}`, WAY_OUT));
  const more = damages.length > NAMED ? [broken('Content', `and ${damages.length - NAMED} more`, WAY_OUT)] : [];
  return [...named, ...more, broken('Content', `${events.toLocaleString('en')} events can be read`, WAY_OUT)];
}
