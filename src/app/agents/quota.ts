/**
 * What one key may send: so many requests and so many bytes a second, with ten seconds' worth at once. A body's size is known only when
 * it was read, so it is paid for afterwards: the account may go below zero, and the next request waits until it is above again.
 */
export interface QuotaLimits {
  readonly batches_per_second: number;
  readonly bytes_per_second: number;
}

export interface Quota {
  /** ms until the key may send again; 0: now, and the request is counted. */
  admit(key: string): number;
  spend(key: string, bytes: number): void;
}

const BURST_SECONDS = 10;

interface Account {
  requests: number;
  bytes: number;
  /** ms of the clock that is passed in. */
  at: number;
}

export function createQuota(limits: QuotaLimits, now: () => number): Quota {
  const most = { requests: limits.batches_per_second * BURST_SECONDS, bytes: limits.bytes_per_second * BURST_SECONDS };
  const accounts = new Map<string, Account>();

  function accountOf(key: string): Account {
    const at = now();
    const account = accounts.get(key) ?? { requests: Math.max(1, most.requests), bytes: most.bytes, at };
    const seconds = Math.max(0, at - account.at) / 1000;
    account.requests = Math.min(Math.max(1, most.requests), account.requests + seconds * limits.batches_per_second);
    account.bytes = Math.min(most.bytes, account.bytes + seconds * limits.bytes_per_second);
    account.at = at;
    accounts.set(key, account);
    return account;
  }

  return {
    admit(key) {
      const account = accountOf(key);
      const requests = account.requests >= 1 ? 0 : (1 - account.requests) / limits.batches_per_second;
      const bytes = account.bytes > 0 ? 0 : (1 - account.bytes) / limits.bytes_per_second;
      const wait = Math.ceil(Math.max(requests, bytes) * 1000);
      if (wait === 0) account.requests--;
      return wait;
    },
    spend(key, bytes) {
      accountOf(key).bytes -= bytes;
    },
  };
}
