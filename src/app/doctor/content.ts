/** `doctor --verify`: every event read, and held against its checksums. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { verifyStore } from '#store';
import type { Context } from '../command.ts';
import { progressLine } from '../commands/progress.ts';
import { broken, type Finding, fine } from './finding.ts';

/** Damages that are named one by one. */
const NAMED = 10;
const WAY_OUT = 'The rest is still found. What is lost comes back only from a backup: porchlight restore FOLDER';

export async function checkContent(folder: string, context: Context): Promise<Finding[]> {
  const path = join(folder, 'porchlight.db');
  if (!existsSync(path)) return [];
  const progress = progressLine(context);
  const { events, damages } = await verifyStore(path, context.signal, ({ file, files, done }) =>
    progress.say(`reading ${file}, file ${done + 1} of ${files}`),
  ).finally(progress.end);
  if (damages.length === 0) return [fine('Content', `${events.toLocaleString('en')} events, all as they were written`)];
  const named = damages.slice(0, NAMED).map(({ what, reason }) => broken('Content', `${what}: ${reason}`, WAY_OUT));
  const more = damages.length > NAMED ? [broken('Content', `and ${damages.length - NAMED} more`, WAY_OUT)] : [];
  return [...named, ...more, broken('Content', `${events.toLocaleString('en')} events can be read`, WAY_OUT)];
}
