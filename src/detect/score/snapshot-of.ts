/** The snapshot that an event carries. Checked field by field: one day it comes from another machine's agent. */
import {
  type DiskUse,
  type Event,
  type HostSnapshot,
  type Listener,
  type ProcessUse,
  type RecentLogin,
  SNAPSHOT_DATASET,
  SNAPSHOT_FIELD,
} from '#contract';

type Check = (value: unknown) => boolean;
/** Names every field of T, so that one that is added to the contract cannot be forgotten here. */
type Checks<T> = { readonly [K in keyof T]-?: Check };

const amount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const text: Check = (value) => typeof value === 'string';
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const list =
  (check: Check, most: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(check);
const three: Check = (value) => Array.isArray(value) && value.length === 3 && value.every(amount);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

function shape<T>(checks: Checks<T>): Check {
  const fields: readonly (readonly [string, Check])[] = Object.entries(checks);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    fields.every(([field, check]) => check(Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined));
}

const space = shape<HostSnapshot['memory']>({ total: amount, used: amount });

const isSnapshot = shape<HostSnapshot>({
  host: text,
  always_on: oneOf(true, false, undefined),
  at: amount,
  span: amount,
  cpus: (value) => amount(value) && Number(value) >= 1,
  uptime: amount,
  load: three,
  cpu: orNull(amount),
  memory: space,
  swap: orNull(space),
  disks: list(shape<DiskUse>({ mount: text, total: amount, used: amount }), 100),
  processes: list(shape<ProcessUse>({ pid: amount, name: text, user: text, cpu: amount, memory: amount }), 10),
  connections: orNull(
    shape<NonNullable<HostSnapshot['connections']>>({
      established: amount,
      peers: list(shape<{ address: string; count: number }>({ address: text, count: amount }), 10),
    }),
  ),
  listeners: list(shape<Listener>({ port: amount, protocol: oneOf('tcp', 'udp'), address: text, process: text }), 100),
  network: orNull(shape<NonNullable<HostSnapshot['network']>>({ in: amount, out: amount })),
  logins: list(shape<RecentLogin>({ user: text, from: text, at: amount, until: orNull(amount) }), 10),
});

/** undefined for any other event, and for a snapshot that is not whole. */
export function snapshotOf(event: Event): HostSnapshot | undefined {
  const json = event[SNAPSHOT_FIELD];
  if (event['event.dataset'] !== SNAPSHOT_DATASET || typeof json !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isSnapshot(value) ? (value as HostSnapshot) : undefined;
  } catch {
    return undefined;
  }
}
