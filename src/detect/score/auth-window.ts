/**
 * What the last authentication lines of each host say. A line is an event of category authentication or of the auth log; what
 * Porchlight says itself (visits to the honeypot) is none.
 *
 * One attempt to log in leaves several lines. It counts once: by the line of the program itself, not by PAM's beside it, not by
 * the announcement that the user is unknown, not by the lock-out that follows. A key that did not fit is no attempt either: an
 * ordinary client offers all it has. A line that stands for several attempts (`porchlight.repeat`) counts as many.
 */
import type { AuthSummary, Event } from '#contract';
import { type Linked, Recency } from '#lib/recency';

export interface AuthWindow {
  take(event: Event): void;
  /** Of a host never heard of: nothing. */
  summary(host: string): AuthSummary;
}

interface Line {
  /** Attempts that failed. */
  failed: number;
  /** '' where the line names none. */
  address: string;
  sudo: boolean;
}

interface Ring extends Linked<Ring> {
  readonly lines: Line[];
  /** Where the next line goes. Once the ring is full, it is written over the one that stands there. */
  next: number;
}

/** Host names come from the lines themselves, so anybody who may send lines can make them up: the longest silent is forgotten. */
const HOSTS = 500;
const SHOWN = 5;
/** One line that claims more says something else; an address that is longer is none. */
const MOST_REPEATS = 10_000;
const LONGEST_ADDRESS = 100;
/** Programs that say themselves how an attempt ended; from others PAM's line is all there is. */
const SPEAK_FOR_THEMSELVES = new Set(['sshd', 'sshd-session', 'sshd-auth', 'dropbear', 'sudo', 'su', 'su-l']);
const NO_ATTEMPT = new Set(['account_locked', 'pam_user_unknown', 'sudo_denied']);

export function authWindow(size = 300): AuthWindow {
  const hosts = new Recency<Ring>();

  function ringOf(host: string): Ring {
    const known = hosts.use(host);
    if (known !== undefined) return known;
    const ring: Ring = { name: host, older: undefined, newer: undefined, lines: [], next: 0 };
    hosts.open(ring);
    if (hosts.size > HOSTS && hosts.oldest !== undefined) hosts.remove(hosts.oldest);
    return ring;
  }

  return {
    take(event) {
      if (!isAuthentication(event)) return;
      const ring = ringOf(text(event['host.name']));
      const line = (ring.lines[ring.next] ??= { failed: 0, address: '', sudo: false });
      line.failed = isFailedAttempt(event) ? repeats(event) : 0;
      line.address = addressOf(event);
      line.sudo = event['event.action'] === 'sudo_command';
      ring.next = (ring.next + 1) % size;
    },
    summary: (host) => sum(hosts.get(host)?.lines ?? []),
  };
}

function isAuthentication(event: Event): boolean {
  const dataset = text(event['event.dataset']);
  if (dataset.startsWith('porchlight.')) return false;
  return dataset === 'system.auth' || isOrHolds(event['event.category'], 'authentication');
}

function isFailedAttempt(event: Event): boolean {
  if (event['event.outcome'] !== 'failure' || !isOrHolds(event['event.category'], 'authentication')) return false;
  const action = text(event['event.action']);
  if (NO_ATTEMPT.has(action) || event['system.auth.ssh.event'] === 'Invalid') return false;
  if (action === 'pam_authentication' && SPEAK_FOR_THEMSELVES.has(text(event['process.name']))) return false;
  // `sudo -n` in somebody's script: nobody was asked for anything.
  if (event['event.reason'] === 'a password is required') return false;
  const method = event['system.auth.ssh.method'];
  return method !== 'publickey' && method !== 'none';
}

function repeats(event: Event): number {
  const said = event['porchlight.repeat'];
  return typeof said === 'number' && said >= 1 ? Math.min(MOST_REPEATS, Math.floor(said)) : 1;
}

const addressOf = (event: Event): string => {
  const address = text(event['source.ip']);
  return address.length > LONGEST_ADDRESS ? '' : address;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const isOrHolds = (value: unknown, wanted: string): boolean =>
  value === wanted || (Array.isArray(value) && value.includes(wanted));

function sum(lines: readonly Line[]): AuthSummary {
  const byAddress = new Map<string, number>();
  let failed = 0;
  let sudo = 0;
  for (const line of lines) {
    failed += line.failed;
    if (line.sudo) sudo++;
    if (line.failed > 0 && line.address !== '') {
      byAddress.set(line.address, (byAddress.get(line.address) ?? 0) + line.failed);
    }
  }
  const failedBy = [...byAddress]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([address, count]) => ({ address, count }));
  return { lines: lines.length, failed, failedBy, sudo };
}
