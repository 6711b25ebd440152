/**
 * Who sent how much, and what became of it: one account a sender, over UDP, TCP and TLS together, kept while the server runs.
 * Addresses in a datagram can be forged: there are at most MOST_SENDERS accounts, and one for all others.
 */
import type { SourceTag } from '#contract';

/**
 * `queue_full`: the pipeline was busy and UDP cannot wait. `not_allowed`: the sender is outside `allow`. `connections`, `sender_connections`:
 * as many as may be open are. `crowded`: the unfinished messages of all connections fill what memory there is for them. `empty`: a datagram without anything in it. `tls`: no TLS came about. `stopped`: came while we ended.
 */
export type DropReason =
  | 'queue_full'
  | 'not_allowed'
  | 'connections'
  | 'sender_connections'
  | 'crowded'
  | 'empty'
  | 'tls'
  | 'stopped';

/** Taken, but not as it should have been. `slow`: the connection was closed, since a message or all of it took too long. */
export type Remark = 'cut' | 'mended' | 'framing' | 'slow';

export interface Account {
  /** The shown address, or `others`. */
  readonly sender: string;
  messages: number;
  bytes: number;
  readonly dropped: Map<DropReason, number>;
  readonly remarks: Map<Remark, number>;
}

/** What has been added since the last time. */
export interface AccountChange {
  /** As it stands now. */
  readonly account: Readonly<Account>;
  readonly added: readonly { readonly name: string; readonly by: number }[];
}

export interface Ledger {
  tagOf(address: string): SourceTag;
  taken(address: string, bytes: number): void;
  dropped(address: string, reason: DropReason): void;
  remark(address: string, remark: Remark): void;
  changes(): readonly AccountChange[];
}

const MOST_SENDERS = 256;
const OTHERS = 'others';
/** Tags of senders without an account of their own that are remembered, so that a batch can name one twice. */
const MOST_OTHER_TAGS = 4096;

interface Sender {
  readonly account: Account;
  readonly tag: SourceTag;
}

export const sourceId = (sender: string): string => `syslog:${sender}`;

/** `tag` is what all senders have in common. */
export function createLedger(tag: Omit<SourceTag, 'id' | 'host'>, most = MOST_SENDERS): Ledger {
  const senders = new Map<string, Sender>();
  const otherTags = new Map<string, SourceTag>();
  const told = new Map<Account, Map<string, number>>();
  const changed = new Set<Account>();
  let others: Account | undefined;

  const makeTag = (account: Account, address: string): SourceTag => ({
    ...tag,
    id: sourceId(account.sender),
    host: address,
  });

  /** Strangers who are turned away get no account: they could fill the table from outside. */
  function accountOf(address: string, isStranger = false): Account {
    const known = senders.get(address);
    if (known !== undefined) return known.account;
    if (senders.size >= most || isStranger) return (others ??= newAccount(OTHERS));
    const account = newAccount(address);
    senders.set(address, { account, tag: makeTag(account, address) });
    return account;
  }

  function change(account: Account): Account {
    changed.add(account);
    return account;
  }

  return {
    tagOf(address) {
      const account = accountOf(address);
      const own = senders.get(address)?.tag ?? otherTags.get(address);
      if (own !== undefined) return own;
      if (otherTags.size >= MOST_OTHER_TAGS) otherTags.clear();
      const made = makeTag(account, address);
      otherTags.set(address, made);
      return made;
    },
    taken(address, bytes) {
      const account = change(accountOf(address));
      account.messages++;
      account.bytes += bytes;
    },
    dropped: (address, reason) => increment(change(accountOf(address, reason === 'not_allowed')).dropped, reason),
    remark: (address, remark) => increment(change(accountOf(address)).remarks, remark),
    changes() {
      const all = [...changed].map((account) => {
        const before = told.get(account) ?? new Map<string, number>();
        const after = figures(account);
        told.set(account, after);
        const added = [...after]
          .map(([name, value]) => ({ name, by: value - (before.get(name) ?? 0) }))
          .filter(({ by }) => by > 0);
        return { account, added };
      });
      changed.clear();
      return all;
    },
  };
}

const newAccount = (sender: string): Account => ({
  sender,
  messages: 0,
  bytes: 0,
  dropped: new Map(),
  remarks: new Map(),
});

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Under the names of the counters. */
const figures = ({ messages, bytes, dropped, remarks }: Account): Map<string, number> =>
  new Map([
    ['syslog_messages', messages],
    ['syslog_bytes', bytes],
    ...[...dropped].map(([reason, count]) => [`syslog_dropped_${reason}`, count] as const),
    ...[...remarks].map(([remark, count]) => [`syslog_${remark}`, count] as const),
  ]);
