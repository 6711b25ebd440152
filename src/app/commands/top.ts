/**
 * The terminal's dashboard. Beside a server it only reads, and acknowledges what it is told to. Where none runs on this
 * machine it is the monitor itself; a server that was named and does not answer is an error, not a reason to look elsewhere.
 */
import { writeSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { CodedError, MONITOR_LEVELS, type MonitorLevel } from '#contract';
import { sleep } from '#lib/backoff';
import type * as TuiRoom from '#ui/tui';
import type { LocalMonitor, Terminal, Theme, TopSource } from '#ui/tui';
import { type Command, type Context, text, type Values } from '../command.ts';
import { VERSION } from '../version.ts';
import { connect, type Connection, connectionOptions } from './connection.ts';
import { readServerEvents } from './server-events.ts';

/** Loaded when it is drawn: the other commands start without it. */
type Tui = typeof TuiRoom;

/** What a machine without a server is watched by. */
export type OpenMonitor = (context: Context, values: Values, interval: number) => Promise<LocalMonitor>;

const ANSWER_MS = 3000;
/** Without a terminal nobody says how wide it is. */
const PAPER = { columns: 100, rows: 36 } as const;
const EXIT: Readonly<Record<MonitorLevel, number>> = { info: 0, warning: 1, alert: 2 };
const UNKNOWN_EXIT = 3;

interface Wanted {
  readonly interval: number;
  readonly least: MonitorLevel;
  readonly json: boolean;
  readonly once: boolean;
}

export const createTop = (openMonitor: OpenMonitor | undefined): Command => ({
  name: 'top',
  summary: 'The dashboard in this terminal; without a server, the monitor of this machine.',
  args: '',
  options: {
    once: { type: 'boolean', help: 'Look once, print it and leave.' },
    interval: { type: 'string', value: 'SECONDS', help: 'Time between two looks, 1 to 3600. Default: 10.' },
    'min-level': {
      type: 'string',
      value: 'LEVEL',
      help: 'info, warning or alert: what is below it is neither shown nor counted. Default: info.',
    },
    host: { type: 'string', value: 'NAME', help: 'Another machine that the server knows. Default: its own.' },
    json: { type: 'boolean', help: 'One JSON object a look and line, instead of a picture.' },
    ...connectionOptions,
  },
  examples: ['porchlight top', 'porchlight top --once --min-level alert', 'porchlight top --json --interval 60'],
  exits: { 1: '--once: a warning', 2: '--once: an alert', 3: '--once: the machine is not scored yet' },
  async run(context, values) {
    const wanted = wantedOf(values);
    if (!wanted.once && !wanted.json && !(context.isTerminal && context.stdinIsTerminal))
      throw new CodedError('USAGE', 'porchlight top draws on a terminal; elsewhere use --once or --json');
    const [found, tui] = await Promise.all([findServer(context, values), whileWaiting(() => import('#ui/tui'))]);
    if (found !== undefined) return show(sourceOf(found, values, tui), wanted, context, tui);
    if (openMonitor === undefined) throw new CodedError('NO_SERVER', (await connect(context, values)).base);
    const monitor = await openMonitor(context, values, wanted.interval);
    try {
      return await show(tui.monitorSource(monitor), wanted, context, tui);
    } finally {
      await monitor.close();
    }
  },
});

/** The interval is the picture's: a look is taken whenever it asks for one. */
const openMonitor: OpenMonitor = async (context, values, interval) => {
  const [{ openLocalMonitor }, { readSettings }] = await Promise.all([
    import('../local-monitor.ts'),
    import('./settings.ts'),
  ]);
  const { config, folder } = readSettings(context, values);
  return openLocalMonitor({ config, dataFolder: folder, now: context.now, every: interval * 1000 });
};

export const top: Command = createTop(openMonitor);

function wantedOf(values: Values): Wanted {
  const interval = text(values, 'interval') ?? '10';
  if (!/^\d{1,4}$/.test(interval) || Number(interval) < 1 || Number(interval) > 3600)
    throw new CodedError('USAGE', `--interval ${interval}: it is a whole number of seconds, 1 to 3600`);
  const named = text(values, 'min-level') ?? 'info';
  const least = MONITOR_LEVELS.find((level) => level === named);
  if (least === undefined) throw new CodedError('USAGE', `--min-level ${named}: it is info, warning or alert`);
  return { interval: Number(interval), least, json: values['json'] === true, once: values['once'] === true };
}

/** What takes time and needs no answer is done while the server makes one up. First the question has to leave: connected in one turn, sent in another. */
async function whileWaiting<T>(work: () => T): Promise<Awaited<T>> {
  await turn();
  await turn();
  return await work();
}

/** The connection to the server where one answers; undefined where none runs here and none was named. */
async function findServer(context: Context, values: Values): Promise<Connection | undefined> {
  const connection = await connect(context, values);
  const named = text(values, 'url') ?? context.environment['PORCHLIGHT_URL'] ?? text(values, 'host');
  try {
    const patience = AbortSignal.any([context.signal, AbortSignal.timeout(ANSWER_MS)]);
    await connection.client.call('health', { signal: patience });
  } catch (error) {
    const silent = error instanceof CodedError && error.code === 'NO_SERVER';
    if (silent && named === undefined) return undefined;
    // A server that took the connection and then says nothing is there all the same: two monitors would write one file.
    if ((error as Error).name === 'TimeoutError') throw new CodedError('NO_SERVER', connection.base, { cause: error });
    throw error;
  }
  return connection;
}

function sourceOf(connection: Connection, values: Values, tui: Tui): TopSource {
  const host = text(values, 'host');
  return tui.serverSource({
    client: connection.client,
    ...(host === undefined ? {} : { host }),
    wakes: (signal) => wakes(connection, signal),
  });
}

const wakes = ({ base, headers }: Connection, signal: AbortSignal): AsyncIterable<unknown> =>
  readServerEvents(`${base}/api/stream?events=0`, headers, signal);

async function show(source: TopSource, wanted: Wanted, context: Context, tui: Tui): Promise<number> {
  if (wanted.once) return once(source, wanted, context, tui);
  if (wanted.json) return follow(source, wanted, context, tui);
  await tui.runTop({
    source,
    terminal: terminal(),
    theme: themeFor(context, tui),
    host: hostname(),
    version: VERSION,
    interval: wanted.interval,
    least: wanted.least,
    now: context.now,
    signal: context.signal,
  });
  return 0;
}

/** The first time that is written in words costs 10 ms. */
const wakeClock = (): string => new Date().toLocaleTimeString('en-GB');

async function once(source: TopSource, { json, least, interval }: Wanted, context: Context, tui: Tui): Promise<number> {
  const [look] = await Promise.all([source.look(context.signal), whileWaiting(json ? () => undefined : wakeClock)]);
  const data = tui.fromLevel(look, least);
  const now = context.now();
  if (json) context.out(`${tui.onceJson(data, now)}\n`);
  else {
    const [columns, rows] = context.isTerminal
      ? [context.columns, Math.max(PAPER.rows, process.stdout.rows)]
      : [PAPER.columns, PAPER.rows];
    const connection = source.kind === 'monitor' ? 'monitor' : 'live';
    const state = { ...data, ...tui.FIRST_VIEW, now, connection, interval, rate: undefined } as const;
    context.out(tui.onceText(state, columns, rows, themeFor(context, tui)));
  }
  const level = tui.worstLevel(data);
  return level === undefined ? UNKNOWN_EXIT : EXIT[level];
}

/** A line a look until it is stopped. A look that fails is said and made up for by the next. */
async function follow(source: TopSource, { least, interval }: Wanted, context: Context, tui: Tui): Promise<number> {
  const { signal } = context;
  for (let due = context.now(); !signal.aborted; due = Math.max(due + interval * 1000, context.now())) {
    try {
      context.out(`${tui.onceJson(tui.fromLevel(await source.look(signal), least), context.now())}\n`);
    } catch (error) {
      if (!signal.aborted) context.err(`${(error as Error).message}\n`);
    }
    await sleep(Math.max(0, due + interval * 1000 - context.now()), signal).catch(() => undefined);
  }
  return 0;
}

/** How many colours: what people agreed to say in NO_COLOR, COLORTERM and TERM. The background only where it is told. */
function themeFor({ environment, isTerminal }: Context, tui: Tui): Theme {
  const { NO_COLOR: none = '', TERM: term = '', COLORTERM: colour = '', COLORFGBG: ground = '' } = environment;
  const background = /;(7|15)$/.test(ground) ? 'light' : 'dark';
  if (!isTerminal || none !== '' || term === '' || term === 'dumb') return tui.themeOf('none');
  if (/^(truecolor|24bit)$/i.test(colour) || term.endsWith('-direct')) return tui.themeOf('24-bit', background);
  return tui.themeOf(term.includes('256color') ? '256' : '16', background);
}

function terminal(): Terminal {
  const { stdin, stdout } = process;
  return {
    input: stdin,
    output: stdout,
    writeNow(bytes) {
      try {
        writeSync(stdout.fd, bytes);
      } catch {
        // Full or gone. Where it is full, this waits for its turn; where it is gone, nobody is left to be given anything.
        if (!stdout.destroyed) stdout.write(bytes);
      }
    },
    lastMoment(restore) {
      // For an exception too: Node prints the stack after this event, so it does not vanish with the picture.
      process.on('exit', restore);
      return () => void process.off('exit', restore);
    },
    onContinue(listener) {
      process.on('SIGCONT', listener);
      return () => void process.off('SIGCONT', listener);
    },
  };
}
