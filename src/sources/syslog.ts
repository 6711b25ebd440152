/**
 * Syslog from other machines: routers, switches, a NAS. One listener a source, UDP, TCP or TLS; all share one ledger of senders.
 *
 *   datagrams ──offer──▶ ┌───────┐
 *                        │ inbox │ ──▶ whoever iterates
 *   connections ──put──▶ └───────┘
 *
 * A message goes on as it came, `<PRI>` and all: what it says is normalize's work. Nothing of a sender is believed: not a length, not
 * that a message ends, and of its address only that answers to it would go there (UDP) or went there (TCP).
 * There are no positions: a message that is lost on the way, or with us before its commit, is gone, and nobody could ask for it again.
 */
import type { TlsOptions } from 'node:tls';
import { unreachable } from '#lib/unreachable';
import { inRanges } from './honeypot/address.ts';
import { CAPS, type ConnectionCaps, openConnections } from './syslog/connections.ts';
import { openDatagrams } from './syslog/datagrams.ts';
import { createInbox, type InboxSize } from './syslog/inbox.ts';
import type { Ledger } from './syslog/ledger.ts';
import { type ListenPlace, listenPlace } from './syslog/listen-place.ts';
import type { Listening, Reception } from './syslog/listening.ts';
import type { RecordStream } from './source.ts';

export { type AccountChange, createLedger, type DropReason, type Ledger, sourceId } from './syslog/ledger.ts';

export interface SyslogOptions {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** `0.0.0.0:5514`. */
  readonly listen: string;
  /** Certificate and key, PEM; with `ca` senders need a certificate of theirs. */
  readonly tls?: Pick<TlsOptions, 'cert' | 'key' | 'ca'>;
  /** Addresses or CIDR ranges; who is in none of them is turned away. */
  readonly allow: readonly string[];
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly onListening: (place: ListenPlace) => void;
  /** Datagrams that the kernel dropped since we were too slow to fetch them. */
  readonly onKernelDrops?: (count: number) => void;
  readonly caps?: Partial<ConnectionCaps>;
  readonly inbox?: InboxSize;
  readonly receiveBuffer?: number;
}

const INBOX: InboxSize = { records: 20_000, length: 16 * 1024 * 1024 };

/** Throws when it cannot listen, with the way out in one line. */
export async function* syslog(options: SyslogOptions, signal: AbortSignal): RecordStream {
  if (signal.aborted) return;
  const place = listenPlace(options.listen);
  if (place === undefined) throw new Error(`'${options.listen}' is no ADDRESS:PORT.`);
  let fault: Error | undefined;
  let resume = (): void => {};
  const inbox = createInbox(options.inbox ?? INBOX, () => resume());
  const listening = await open(options, {
    place,
    ledger: options.ledger,
    inbox,
    now: options.now,
    isAllowed: inRanges(options.allow),
    program: process.execPath,
    onFault(error) {
      fault ??= error;
      inbox.close();
    },
    onKernelDrops: (count) => options.onKernelDrops?.(count),
    ...(options.receiveBuffer === undefined ? {} : { receiveBuffer: options.receiveBuffer }),
  });
  resume = () => listening.resume();
  const stop = (): void => inbox.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    options.onListening(listening.place);
    for (;;) {
      const records = await inbox.take();
      if (fault !== undefined) throw fault;
      if (signal.aborted || records === undefined) {
        for (const { source } of records ?? []) options.ledger.dropped(source.host, 'stopped');
        return;
      }
      yield records;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await listening.close();
  }
}

/** Senders show a certificate of the named authority, or no TLS comes about. */
const DEMAND = { requestCert: true, rejectUnauthorized: true } as const;

function open({ transport, tls, caps }: SyslogOptions, reception: Reception): Promise<Listening> {
  const bounds = { ...CAPS, ...caps };
  switch (transport) {
    case 'udp':
      return openDatagrams(reception);
    case 'tcp':
      return openConnections(reception, undefined, bounds);
    case 'tls':
      return openConnections(reception, { ...tls, ...(tls?.ca === undefined ? {} : DEMAND) }, bounds);
    default:
      return unreachable(transport);
  }
}
