/**
 * `porchlight top` with a monitor that looks at a house on paper: everything but the measuring is the real thing. Run by the
 * tests on a terminal. Its first argument says what is different about the house.
 */
import process from 'node:process';
import { createTop } from '../../src/app/commands/top.ts';
import type { LocalMonitor } from '../../src/ui/tui/source.ts';
import { alerts, alertOf, authEvent, authEvents, scored } from './picture.ts';
import { HOSTILE } from './hostile.ts';

const [house = 'plain', ...options] = process.argv.slice(2);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

const hostile = {
  ...scored,
  snapshot: {
    ...scored.snapshot,
    host: HOSTILE,
    processes: scored.snapshot.processes.map((process_) => ({ ...process_, name: HOSTILE, user: HOSTILE })),
    logins: scored.snapshot.logins.map((login) => ({ ...login, user: HOSTILE, from: HOSTILE })),
  },
  score: { ...scored.score, ledger: scored.score.ledger.map((row) => ({ ...row, reason: HOSTILE })) },
};

/** Only the monitor's own entries, each no worse than this. */
const quiet = (level: 'info' | 'warning'): typeof scored => ({
  ...scored,
  score: { ...scored.score, entries: scored.score.entries.map((entry) => ({ ...entry, level })) },
});
const look = { hostile, calm: quiet('info'), warned: quiet('warning') }[house] ?? scored;
const open = house === 'calm' || house === 'warned' ? [] : alerts;

let looks = 0;
const monitor: LocalMonitor = {
  host: house === 'hostile' ? HOSTILE : 'nas',
  version: '0.1.0',
  every: 1000,
  look: () => {
    looks++;
    // Thrown where nobody catches it, as a bug would be.
    if (house === 'crash' && looks === 2)
      setImmediate(() => {
        throw new Error('the house fell in');
      });
    return Promise.resolve({ ...look, snapshot: { ...look.snapshot, at: Date.now() } });
  },
  history: () => [],
  alerts: () => ({
    value: house === 'hostile' ? [alertOf({ id: '1', level: 'critical', sentence: HOSTILE, seen: '20:00:00' })] : open,
  }),
  authEvents: () => ({
    value:
      house === 'hostile'
        ? [authEvent('1-1', '20:00:00', { 'event.category': ['authentication'], message: HOSTILE })]
        : authEvents,
  }),
  sources: () => ({
    value: house === 'hostile' ? [{ id: HOSTILE, state: 'failed', reason: HOSTILE, records: 1, last_seen: null }] : [],
  }),
  close: () => Promise.resolve(),
};

const command = createTop(() => Promise.resolve(monitor));
const values = Object.fromEntries(
  options.map((option) => {
    const [name = '', value = true] = option.replace(/^--/, '').split('=');
    return [name, value];
  }),
);
process.exitCode = await command.run(
  {
    environment: { ...process.env, PORCHLIGHT_URL: undefined },
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 100,
    stdin: process.stdin,
    stdinIsTerminal: process.stdin.isTTY === true,
    uid: process.getuid?.(),
    now: Date.now,
    signal: stop.signal,
  },
  // A port where nobody answers, so that this is the monitor; and a second between two looks.
  { interval: '1', data: process.env['HOUSE_DATA'] ?? '', ...values },
  [],
);
process.exit();
