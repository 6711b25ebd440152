/** Starts the syslog listeners that the configuration names, and shows each sender as a source of its own. */
import { readFile } from 'node:fs/promises';
import type { SyslogConfig } from '#contract';
import {
  createLedger,
  type AccountChange,
  type DropReason,
  type Ledger,
  sourceId,
  syslog,
  type SyslogOptions,
} from '#sources';
import type { CollectOptions } from './collect.ts';
import { supervise } from './supervise.ts';

type Transport = SyslogOptions['transport'];
type Means = Pick<CollectOptions, 'config' | 'hub' | 'board' | 'counters' | 'now' | 'signal'>;

const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];
/** ms between two looks at the ledger. */
const TELL = 1000;

/** Resolves once every listener listens or has failed for the first time; `running` when all have ended. */
export async function listenForSyslog(means: Means): Promise<{ readonly running: Promise<unknown> }> {
  const config = means.config.sources.syslog;
  const wanted = TRANSPORTS.filter((transport) => config[transport] !== undefined);
  if (wanted.length === 0) return { running: Promise.resolve() };
  const timezone = config.timezone ?? means.config.sources.timezone;
  const ledger = createLedger({ agent: 'local', type: 'syslog', ...(timezone === undefined ? {} : { timezone }) });
  const listeners = wanted.map((transport) => listen(means, transport, ledger));
  const telling = setInterval(() => tell(means, ledger), TELL);
  const running = Promise.all(listeners.map((listener) => listener.running)).finally(() => {
    clearInterval(telling);
    tell(means, ledger);
  });
  await Promise.all(listeners.map(({ first }) => first));
  return { running };
}

const placeOf = ({ udp, tcp, tls }: SyslogConfig, transport: Transport): string =>
  ({ udp, tcp, tls: tls?.listen })[transport] ?? '';

function listen(
  { config, hub, board, counters, now, signal }: Means,
  transport: Transport,
  ledger: Ledger,
): { readonly first: Promise<void>; readonly running: Promise<void> } {
  const settings = config.sources.syslog;
  const id = `syslog ${transport}`;
  const first = Promise.withResolvers<void>();
  let where = '';
  let missed = 0;
  const show = (): void => {
    const lost = missed === 0 ? '' : ` The kernel dropped ${count(missed, 'datagram')} that came too fast.`;
    board.set(id, 'following', `Listens on ${where}.${lost}`);
    first.resolve();
  };
  const running = supervise(
    {
      name: id,
      async *open(inner) {
        const tls = transport === 'tls' ? await certificates(settings) : undefined;
        yield* syslog(
          {
            transport,
            listen: placeOf(settings, transport),
            ...(tls === undefined ? {} : { tls }),
            allow: settings.allow,
            ledger,
            now,
            onListening({ host, port }) {
              where = `${host}:${port}`;
              show();
            },
            onKernelDrops(dropped) {
              missed += dropped;
              counters.add('syslog_dropped_kernel', id, dropped);
              show();
            },
          },
          inner,
        );
      },
      put: hub.put,
      settled: hub.settled,
      onState(state, reason) {
        if (state !== 'failed') return;
        board.set(id, 'failed', reason);
        first.resolve();
      },
    },
    signal,
    now,
  );
  void running.then(() => first.resolve());
  return { first: first.promise, running };
}

/** Read anew each time: a certificate is renewed every few weeks. */
async function certificates({ tls }: SyslogConfig): Promise<NonNullable<SyslogOptions['tls']>> {
  const pem = async (key: string, path: string): Promise<string> => {
    try {
      return path.startsWith('-----BEGIN') ? path : await readFile(path, 'utf8');
    } catch (error) {
      throw new Error(`sources.syslog.tls.${key} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  };
  const { cert = '', key = '', ca } = tls ?? {};
  return {
    cert: await pem('cert', cert),
    key: await pem('key', key),
    ...(ca === undefined ? {} : { ca: await pem('ca', ca) }),
  };
}

function tell({ board, counters }: Means, ledger: Ledger): void {
  for (const { account, added } of ledger.changes()) {
    for (const { name, by } of added) counters.add(name, account.sender, by);
    board.set(sourceId(account.sender), 'following', standing(account));
  }
}

const DROPPED: Readonly<Record<DropReason, string>> = {
  queue_full: 'came faster than they could be stored',
  not_allowed: 'from addresses that sources.syslog.allow does not name',
  connections: 'too many connections',
  sender_connections: 'too many connections of one sender',
  crowded: 'too many messages came in small pieces at once',
  empty: 'empty',
  tls: 'no TLS came about',
  stopped: 'came while Porchlight ended',
};

function standing({ messages, bytes, dropped }: AccountChange['account']): string {
  const losses = [...dropped].map(([reason, number]) => `${number} ${DROPPED[reason]}`);
  const lost = losses.length === 0 ? '' : ` Dropped: ${losses.join(', ')}.`;
  return `Sent ${count(messages, 'message')}, ${count(bytes, 'byte')}.${lost}`;
}

const count = (number: number, what: string): string =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
