/** A process's wall clock, put forward or back while it runs. What it measures time with (timers, `performance`) goes on evenly. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PRELOAD = join(import.meta.dirname, 'shifted-clock.mjs');

export interface Clock {
  /** For the processes that live by it. */
  readonly env: Readonly<Record<string, string>>;
  /** Ahead of the true time, ms; takes a moment. */
  set(ahead: number): void;
}

export function clock(folder: string, name: string): Clock {
  const path = join(folder, `${name}.clock`);
  function set(ahead: number): void {
    writeFileSync(`${path}.new`, String(ahead));
    renameSync(`${path}.new`, path);
  }
  set(0);
  return { env: { NODE_OPTIONS: `--import=${pathToFileURL(PRELOAD).href}`, PORCHLIGHT_TEST_CLOCK: path }, set };
}
