/** Builds the agent from its parts: sources → spool → forwarder, with a socket that tells how it stands. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CodedError, isPlace, type RawRecord } from '#contract';
import { sleep } from '#lib/backoff';
import { counters as createCounters } from '#lib/counters';
import { printable } from '#lib/printable';
import { collectLogs, type MachineOptions, watchHost } from '../collect.ts';
import { followWindows } from '../collect-windows.ts';
import { createSourceBoard } from '../source-board.ts';
import { VERSION } from '../version.ts';
import { type Enrolment, exchangeKey, readEnrolment, serverId, writeEnrolment } from './enrolment.ts';
import type { Standing } from './delivery.ts';
import { forward } from './forwarder.ts';
import { agentLedger } from './ledger.ts';
import { type Link, openLink } from './link.ts';
import { logLines } from './log-lines.ts';
import { park } from './parked.ts';
import { enrolledProtocol, plainProtocol, type Protocol } from './protocol.ts';
import { spoolOf } from './places.ts';
import type { AgentSettings } from './settings.ts';
import { openSpool, type Spool } from './spool/spool.ts';
import { serveStatus } from './status.ts';

export interface AgentOptions {
  readonly settings: AgentSettings;
  /** The agent's own folder. */
  readonly folder: string;
  /** Start-up lines and what goes wrong. */
  readonly say: (line: string) => void;
  /** `[LOG] …` for each record; undefined where nobody watches: a line that comes back through the journal would never end. */
  readonly show: ((line: string) => void) | undefined;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** ms between two looks at a file that is watched besides. */
const WATCHED_POLL = 1000;
const EXPIRE_EVERY = 60_000;
const FEW = 64;
/** ms. */
const REST = 500;

/** Resolves once the signal has ended and everything is kept. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { settings, folder, say, now } = options;
  makeFolder(folder);
  const started = now();
  const hostName = settings.host.name ?? hostname();
  const spoolFolder = spoolOf(folder);
  const board = createSourceBoard();
  let enrolment = readEnrolment(folder);
  let trouble: string | null = null;
  const firstUrl = enrolment?.urls[0] ?? settings.api_url;
  let standing: Standing = { state: 'starting', url: firstUrl, lastSuccess: undefined, lastError: undefined };
  const facts = {
    version: VERSION,
    platform: `${process.platform} ${process.arch}`,
    host: hostName,
    started,
    always_on: settings.always_on ?? !hasBattery(settings.host.root),
  };
  let report: (() => ReturnType<ReturnType<typeof agentLedger>['report']>) | undefined;
  // First of all: it is the lock on the folder.
  const status = await serveStatus(folder, () => ({
    pid: process.pid,
    server: { ...standing, agent: enrolment?.agent ?? null },
    trouble,
    report: report?.() ?? { ...facts, spool: EMPTY_SPOOL, sources: [] },
  }));
  let spool: Spool | undefined;
  try {
    spool = await openSpool({
      folder: spoolFolder,
      hostName,
      maxBytes: settings.spool.max_bytes,
      maxAge: settings.spool.max_age,
      whenFull: settings.spool.when_full,
      now,
      onTrouble(reason) {
        trouble = reason ?? null;
        say(reason === undefined ? '[+] The spool takes lines again.' : `[!] ${printable(reason)}`);
      },
      onDamage: ({ records }) =>
        say(`[!] The spool was damaged: ${records ?? 'some'} records are lost. The bytes are kept in ${spoolFolder}.`),
    });
    const kept = spool;
    const spoolLimit = settings.spool.max_bytes;
    const ledger = agentLedger({ spool: kept, spoolFolder, spoolLimit, sources: board.rows, facts, now });
    report = () => ledger.report();
    const links = await linksOf(settings, enrolment);
    await nameServer(kept, enrolment);
    const protocol = protocolOf(settings, kept, () => enrolment, links, hostName, now);
    const sources = await startSources({ ...options, hostName, spool: kept, board, ledger, protocol });
    say(
      `[+] Sending to ${links[0]?.url.href ?? ''}${enrolment === undefined ? '' : ` as ${printable(enrolment.agent)}`}.`,
    );
    const expiring = setInterval(() => kept.expire(), EXPIRE_EVERY);
    await forward(
      {
        spool: kept,
        protocol,
        links,
        attempts: settings.retry_attempts,
        delay: settings.retry_delay * 1000,
        now,
        report: () => ledger.report(),
        park: (batch, reason) => park(spoolFolder, kept.state.epoch, batch, reason, now()),
        onStanding(next) {
          if (next.state !== standing.state || next.lastError !== standing.lastError) sayStanding(say, next, standing);
          standing = next;
        },
        freshKey: () => (enrolment = readEnrolment(folder) ?? enrolment),
        async rotate(link) {
          if (enrolment === undefined) return;
          enrolment = await exchangeKey(link, enrolment, options.signal);
          writeEnrolment(folder, enrolment);
        },
      },
      options.signal,
    );
    clearInterval(expiring);
    await sources.ended;
  } finally {
    await spool?.close();
    await status.close();
  }
}

const EMPTY_SPOOL = { records: 0, bytes: 0, oldest: null, quarantined: 0, parked: 0 } as const;

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CodedError('DATA_FOLDER', `${folder}: ${(error as Error).message}`, { cause: error });
  }
}

/** Another server numbers from 0. */
async function nameServer(spool: Spool, enrolment: Enrolment | undefined): Promise<void> {
  const server = enrolment === undefined ? undefined : serverId(enrolment);
  if (server !== undefined && server !== spool.state.server) await spool.renumber(spool.state.ack, server);
}

async function linksOf({ api_url }: AgentSettings, enrolment: Enrolment | undefined): Promise<readonly Link[]> {
  if (enrolment === undefined) return [await openLink(new URL(api_url), undefined)];
  // A server that moved: the settings name its new address.
  const urls = new Set([...(api_url.startsWith('https:') ? [api_url] : []), ...enrolment.urls]);
  return Promise.all([...urls].map((url) => openLink(new URL(url), enrolment.ca)));
}

function protocolOf(
  { compression }: AgentSettings,
  spool: Spool,
  enrolment: () => Enrolment | undefined,
  links: readonly Link[],
  hostName: string,
  now: () => number,
): Protocol {
  if (enrolment() !== undefined) {
    const packing = compression === undefined || compression === 'none' ? 'zstd' : compression;
    return enrolledProtocol({ place: () => spool.state, key: () => enrolment()?.key ?? '', compression: packing, now });
  }
  const packing = compression === 'none' ? undefined : compression;
  return plainProtocol({
    path: links[0]?.url.pathname ?? '/',
    place: () => spool.state,
    hostName,
    compression: packing,
  });
}

interface SourceParts extends AgentOptions {
  readonly hostName: string;
  readonly spool: Spool;
  readonly board: ReturnType<typeof createSourceBoard>;
  readonly ledger: ReturnType<typeof agentLedger>;
  readonly protocol: Protocol;
}

/** `ended` resolves when all have ended. */
async function startSources(parts: SourceParts): Promise<{ readonly ended: Promise<unknown> }> {
  const { settings, say, spool, board, ledger, now, signal } = parts;
  say('[+] Checking configured log candidates...');
  const show = parts.show === undefined ? undefined : logLines(parts.show, signal);
  const machine: MachineOptions = {
    config: {
      sources: sourcesOf(settings),
      host:
        settings.host.name === undefined
          ? { root: settings.host.root }
          : { ...settings.host, name: settings.host.name },
      monitor: { interval: settings.interval },
    },
    hostName: parts.hostName,
    hub: {
      async put(records: readonly RawRecord[], inner: AbortSignal) {
        const lines = records.filter((record) => !isPlace(record));
        for (const { source } of lines) board.heard(source.id, 1, now());
        show?.(lines);
        await spool.put(records, inner);
        // A source that is kept waiting after a few lines brings the next ones together, for a fraction of the work.
        if (records.length < FEW) await sleep(REST, inner).catch(() => undefined);
      },
      settled: () => spool.settled(),
      marks: (prefix) => spool.marks(prefix),
    },
    board,
    counters: createCounters(),
    now,
    signal,
    onGap: (source, reason) => ledger.gap(source, reason),
  };
  const { candidates, running } = await collectLogs(machine);
  const journal = candidates.find((candidate) => candidate.journal !== undefined);
  for (const { path, state, reason, journal: followed } of candidates) {
    if (followed !== undefined) continue;
    if (state === 'follow' || state === 'stale') say(`[+] Following ${printable(path)}.`);
    else if (state === 'denied') say(`[!] ${printable(path)}: ${printable(reason)}`);
  }
  if (journal !== undefined) {
    say('[+] No traditional logs found — switching to journald mode.');
    say('[+] Journald stream started.');
  }
  const looking = parts.protocol.isEnrolled ? watchHost(machine) : Promise.resolve();
  return { ended: Promise.all([...running, followWindows(machine), looking]) };
}

function sourcesOf(settings: AgentSettings): MachineOptions['config']['sources'] {
  const { log_candidates, timezone, backfill_hours, interval, use_realtime_monitoring } = settings;
  return {
    log_candidates: [...log_candidates],
    timezones: {},
    multiline: {},
    watch: use_realtime_monitoring,
    windows_event_log: { enabled: process.platform === 'win32', channels: [...settings.windows_log] },
    poll: use_realtime_monitoring ? WATCHED_POLL : Math.max(50, interval * 1000),
    backfill_hours,
    ...(timezone === undefined ? {} : { timezone }),
  };
}

/** Whether this machine may sleep: then its silence says nothing. */
function hasBattery(root: string): boolean {
  const folder = join(root, 'sys/class/power_supply');
  try {
    return readdirSync(folder).some((name) => readFileSync(join(folder, name, 'type'), 'utf8').trim() === 'Battery');
  } catch {
    return false;
  }
}

function sayStanding(say: (line: string) => void, next: Standing, before: Standing): void {
  const error = printable(next.lastError ?? '');
  if (next.state === 'connected' && before.state === 'starting') say('[+] The server takes what is sent.');
  else if (next.state === 'connected' && before.state !== 'connected')
    say('[+] The server is back; what was kept is sent.');
  else if (next.state === 'connected') say(`[!] ${error}.`);
  else if (next.state === 'key_refused')
    say(`[!] The key is refused (${error}). Lines stay on disk; enrol again: porchlight agent enroll.`);
  else if (next.state === 'waiting' && before.state !== 'waiting')
    say(`[!] ${error}. Lines stay on disk and go out when the server is back.`);
}
