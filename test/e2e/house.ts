/**
 * A house of its own for a test: an empty machine to watch (`host.root`), a data folder with its settings, free ports, and the
 * real product, started through its launcher as a person starts it. Everything is in one folder that goes away at the end.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient, type WireAlert } from '#contract';
import { openTerminal, type Terminal } from './terminal.ts';
import { unruffled } from './unruffled.ts';
import { HUNG, until, within } from './waiting.ts';

const CHECKOUT = join(import.meta.dirname, '../..');

export interface House {
  readonly folder: string;
  readonly data: string;
  /** The root folder of the machine that is watched. */
  readonly root: string;
  readonly authLog: string;
  readonly port: number;
  readonly honeypotPort: number;
  readonly url: string;
  readonly client: Client;
  /** Starts everything on a terminal; resolves once it listens. */
  up(options?: string): Promise<Up>;
  /** A command line as a person types it, in the checkout, run to its end. */
  shell(command: string): Promise<Ended>;
  /** The same on a terminal, left running. */
  terminal(command: string, columns?: number): Terminal;
  /** How many stored events a query finds. */
  count(q: string): Promise<number>;
  /** Ends what still runs and removes everything. */
  close(): Promise<void>;
}

export interface Up {
  readonly terminal: Terminal;
  /** From the command to the line that says where the dashboard is, ms. */
  readonly took: number;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number>;
  /** kill -9 of the server itself; its launcher ends by that. */
  kill(): Promise<void>;
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * A port that nobody has. Not one that the system would give: those are also lent to whoever connects anywhere, and between the
 * question and the start of a server there is time enough for that.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 30_000);
    const server = createServer().listen(port, '0.0.0.0');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}

export interface HouseOptions {
  /**
   * Where this account may (root on Linux): processes of its own, so that those of the machine the tests run on are not in its
   * pictures. `porchlight.pid` then means another process here: it cannot be killed.
   */
  readonly apart?: boolean;
}

/** `settings`: more lines for porchlight.yaml; a `monitor:` among them takes the place of the one that nothing ruffles. */
export async function openHouse(
  settings: readonly string[] = [],
  { apart = false }: HouseOptions = {},
): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-e2e-'));
  const [data, root] = [join(folder, 'data'), join(folder, 'root')];
  mkdirSync(data);
  mkdirSync(join(root, 'var/log'), { recursive: true });
  const alone = apart && canBeApart();
  // Its health is that of the machine we are on; its logs and logins are its own.
  if (alone) mkdirSync(join(root, 'proc'));
  else symlinkSync('/proc', join(root, 'proc'));
  const port = await freePort();
  let honeypotPort = await freePort();
  // What says 'the next port would do' must not mean the honeypot's.
  while (Math.abs(honeypotPort - port) < 2) honeypotPort = await freePort();
  const lines = [
    `http: { port: ${port} }`,
    `honeypot: { host: 127.0.0.1, port: ${honeypotPort} }`,
    `host: { name: nas, root: ${JSON.stringify(root)} }`,
    ...(settings.some((line) => line.startsWith('monitor:')) ? [] : [unruffled()]),
    ...settings,
  ];
  writeFileSync(join(data, 'porchlight.yaml'), `${lines.join('\n')}\n`);
  const env: NodeJS.ProcessEnv = { ...process.env, PORCHLIGHT_DATA: data, TZ: 'UTC', COLUMNS: undefined };
  delete env['NODE_TEST_CONTEXT'];
  const url = `http://127.0.0.1:${port}`;
  const client = createClient({ base: url });
  const open = new Set<Terminal>();

  function terminal(command: string, columns?: number): Terminal {
    const one = openTerminal(command, { env, cwd: CHECKOUT, ...(columns === undefined ? {} : { columns }) });
    open.add(one);
    void one.ended.then(() => open.delete(one));
    return one;
  }

  async function up(options = ''): Promise<Up> {
    const began = performance.now();
    const command = `./porchlight up ${options}`.trim();
    const screen = terminal(alone ? apartFrom(command, join(root, 'proc')) : command);
    await screen.shows('Dashboard');
    const took = Math.round(performance.now() - began);
    await screen.shows('Ctrl-C stops.');
    return {
      terminal: screen,
      took,
      stop() {
        screen.type('\x03');
        return within('it stops after Ctrl-C', screen.ended);
      },
      async kill() {
        process.kill(pidIn(data), 'SIGKILL');
        await within('it is gone after kill -9', screen.ended);
      },
    };
  }

  return {
    folder,
    data,
    root,
    authLog: join(root, 'var/log/auth.log'),
    port,
    honeypotPort,
    url,
    client,
    up,
    terminal,
    shell: (command) => runShell(command, env),
    count: async (q) => (await client.call('eventHistogram', { query: { q, from: '-24h', bins: 1 } })).total,
    async close() {
      await Promise.all([...open].map((one) => one.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const APART = ['--pid', '--fork', '--kill-child', '--mount'];

export const canBeApart = (): boolean => spawnSync('unshare', [...APART, 'true']).status === 0;

/** The mount goes with the last process that sees it. */
const apartFrom = (command: string, proc: string): string =>
  `unshare ${APART.join(' ')} sh -c 'mount -t proc proc ${proc} && exec ${command}'`;

const pidIn = (data: string): number => {
  const pid = Number(readFileSync(join(data, 'porchlight.pid'), 'utf8'));
  // 0 and negative numbers would mean whole groups.
  if (!Number.isInteger(pid) || pid <= 1) throw new Error(`porchlight.pid says ${pid}.`);
  return pid;
};

async function runShell(command: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn('sh', ['-c', command], {
    cwd: CHECKOUT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: HUNG,
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, out, err };
}

/** A line as rsyslog writes it, `ago` ms before now. */
export const logLine = (program: string, message: string, ago = 0, host = 'nas'): string =>
  `${new Date(Date.now() - ago).toISOString().replace('Z', '000+00:00')} ${host} ${program}: ${message}\n`;

/** The newest alert that the test looks for, as the server tells it. */
export function alertWhere(house: House, wanted: (alert: WireAlert) => boolean): Promise<WireAlert> {
  return until('an alert', async () => (await house.client.call('listAlerts', { query: {} })).items.find(wanted));
}
