/** `porchlight up`: the server from its start to its end, and what it says on the way. */
import type { Backend } from '#api';
import { CodedError, type Config, ERRORS } from '#contract';
import { printable } from '#lib/printable';
import { problemPlace } from '#ui/model';
import { type Context, text, type Values } from './command.ts';
import { eventLine } from './commands/event-line.ts';
import { readSettings, type Settings } from './commands/settings.ts';
import { sourceLines } from './commands/source-line.ts';
import { giveBackWhenQuiet } from './give-back.ts';
import { channelsOf } from './notifier.ts';
import { type Server, startServer } from './server.ts';
import { noteAddress } from './server-address.ts';
import type { ReadyPipeline } from './threads.ts';
import { VERSION } from './version.ts';

export async function serve(context: Context, values: Values, pipeline: ReadyPipeline): Promise<number> {
  const settings = withOptions(readSettings(context, values), values);
  const server = await startServer({
    config: settings.config,
    dataFolder: settings.folder,
    now: context.now,
    pipeline,
    configPath: settings.configPath,
    rereadRules: () => readSettings(context, values).config.rules,
  });
  const forgetAddress = noteAddress(settings.folder, server.api);
  giveBackWhenQuiet();
  context.onHangup?.(() => void server.reloadRules());
  context.out(welcome(server, settings));
  const stopPrinting =
    context.isTerminal && values['quiet'] !== true ? printEvents(server.backend, context) : () => undefined;
  try {
    await Promise.race([aborted(context.signal), server.failed]);
  } finally {
    stopPrinting();
    forgetAddress();
    await server.close();
  }
  context.out('Stopped. Everything is kept.\n');
  return 0;
}

/** Whoever stops us while we still start has stopped us: the signal may have ended already, and then says nothing more. */
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

function withOptions(settings: Settings, values: Values): Settings {
  const port = text(values, 'port');
  const host = text(values, 'host');
  const trap = text(values, 'honeypot');
  const http: Config['http'] = {
    ...settings.config.http,
    ...(port === undefined ? {} : { port: portOf(port, '--port') }),
    ...(host === undefined ? {} : { host }),
  };
  const interval = text(values, 'interval');
  const monitor =
    interval === undefined ? settings.config.monitor : { ...settings.config.monitor, interval: secondsOf(interval) };
  const honeypot = withTrap(settings.config.honeypot, trap);
  return { ...settings, config: { ...settings.config, http, honeypot, monitor } };
}

function withTrap(honeypot: Config['honeypot'], option: string | undefined): Config['honeypot'] {
  if (option === undefined) return honeypot;
  if (option === 'off') return { ...honeypot, enabled: false };
  const parts = /^(?:\[?([^\]]*)\]?:)?(\d+)$/.exec(option);
  if (parts === null)
    throw new CodedError('USAGE', `--honeypot ${option}: give HOST:PORT, such as 0.0.0.0:2323, or off`);
  return {
    ...honeypot,
    enabled: true,
    port: portOf(parts[2] ?? '', '--honeypot'),
    ...(parts[1] === undefined ? {} : { host: parts[1] }),
  };
}

function secondsOf(value: string): number {
  const seconds = Number(value);
  if (!(seconds >= 1 && seconds <= 3600))
    throw new CodedError('USAGE', `--interval ${value}: give seconds from 1 to 3600`);
  return seconds;
}

function portOf(value: string, option: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65535)
    throw new CodedError('USAGE', `${option} ${value}: a port is a number from 0 to 65535`);
  return port;
}

/** What was found, and where to look. */
function welcome(server: Server, settings: Settings): string {
  const { address, port } = server.api;
  const shown = address.includes(':') ? `[${address}]` : address;
  const rows: [string, string][] = [
    ['Dashboard', `http://${shown}:${port}/`],
    ['Log intake', `POST http://localhost:${port}/api/logs`],
    ['Honeypot', honeypotLine(server)],
    ['Data', settings.folder],
    ['Settings', settings.configExists ? settings.configPath : `all default; ${settings.configPath} changes them`],
    ['Rules', rulesLine(server)],
    [
      'Tells',
      channelsOf(settings.config.notify).join(', ') ||
        'nobody yet; telegram, email or ntfy under notify: in the settings',
    ],
  ];
  const sources = server.backend.sources().filter(({ id }) => !/^(http|honeypot|monitor|notify:.*)$/.test(id));
  return [
    '',
    `Porchlight ${VERSION} watches ${server.hostName}.`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(11)} ${value.split('\n').map(printable).join('\n')}`),
    '',
    '  Sources',
    ...sourceLines(sources),
    '',
    server.honeypot === undefined
      ? '  Ctrl-C stops.'
      : `  Try it: telnet 127.0.0.1 ${server.honeypot.port}. Ctrl-C stops.`,
    '',
    '',
  ].join('\n');
}

function honeypotLine({ honeypot, backend }: Server): string {
  if (honeypot === undefined) {
    const row = backend.sources().find((source) => source.id === 'honeypot');
    return row?.state === 'failed' ? `NOT LISTENING: ${row.reason} ${ERRORS.HONEYPOT_PORT_IN_USE.next}` : 'off';
  }
  const everywhere = honeypot.address === '0.0.0.0' || honeypot.address === '::';
  return `${honeypot.address}:${honeypot.port}${everywhere ? ', on all interfaces: on loopback alone it catches nobody' : ''}`;
}

/** Refused rules that are named at the start; somebody with a whole set of them has a command for the rest. */
const MOST_REFUSED = 5;

function rulesLine({ rules: { items, problems } }: Server): string {
  const indent = `\n${' '.repeat(14)}`;
  const refused = problems
    .slice(0, MOST_REFUSED)
    .map((problem) => `${indent}refused: ${problemPlace(problem)}: ${problem.reason}`);
  const more = problems.length - refused.length;
  const rest = more > 0 ? `${indent}and ${more} more: porchlight rules list --state broken` : '';
  const running = items.filter(({ state }) => state !== 'off').length;
  return `${running} loaded${refused.join('')}${rest}`;
}

/** Lines printed in a second; what is beyond is only counted. */
const LINES_A_SECOND = 20;

/** `[LOG] …` for each event, as the log agent of old did. */
function printEvents(backend: Backend, context: Context): () => void {
  let second = 0;
  let printed = 0;
  let more = 0;
  const sayMore = (): void => {
    if (more > 0) context.out(`[LOG] +${more} more\n`);
    more = 0;
  };
  const timer = setInterval(sayMore, 1000);
  const unsubscribe = backend.onCommit((notice) => {
    const now = Math.floor(context.now() / 1000);
    if (now !== second) {
      sayMore();
      second = now;
      printed = 0;
    }
    const room = Math.max(0, LINES_A_SECOND - printed);
    const shown = notice.preview.slice(0, room);
    for (const { event } of shown) context.out(`[LOG] ${eventLine(event, context.columns - 6)}\n`);
    printed += shown.length;
    more += notice.eventCount - shown.length;
  });
  return () => {
    clearInterval(timer);
    unsubscribe();
  };
}
