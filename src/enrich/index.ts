/**
 * The room's door: what we know about an event besides what it says. Pure; what has to be looked up is passed in.
 *
 * Adds `labels.source_scope`, where the peer stands seen from here: `own`, `loopback`, `private`, `link-local` or `public`. Where the
 * settings name databases, devices and lists, also `source.geo.*`, `source.as.*`, the device's name and `labels.known_scanner`;
 * of the destination the same but for the last.
 */
import type { Event, Fields } from '#contract';
import type { About } from './about.ts';
import { scopeOf } from './scope.ts';

export { addressBook, type About, type KnownAddresses } from './about.ts';
export { openMmdb } from './mmdb.ts';
export { networksOf } from './networks.ts';
export type { Scope } from './scope.ts';

export interface EnrichContext {
  /** Addresses of this machine's interfaces, as the system writes them. */
  readonly ownAddresses: ReadonlySet<string>;
  /** What is known of an address; absent where the settings name nothing. */
  readonly about?: (address: string) => About | undefined;
}

/** Written out: names that are put together have to be looked up among all names, for each event. */
const SIDES = [
  { side: 'source', address: 'source.ip', device: 'labels.source_device' },
  { side: 'destination', address: 'destination.ip', device: 'labels.destination_device' },
] as const;
type Side = (typeof SIDES)[number];

/** Events have many shapes: a name that one of them lacks is told by `in` ten times sooner than by reading it. */
const fieldOf = (event: Fields, name: string): Fields[string] => (name in event ? event[name] : undefined);

const put = (into: Fields, name: string, value: Fields[string]): void => {
  into[name] = value;
};

/**
 * Adds to the event itself and gives it back: whoever normalized it hands it on, and a copy of every event was a tenth of what the
 * pipeline allocated. A sender's own value is replaced: a feed or a rule may rely on it.
 */
export function enrich(event: Event, context: EnrichContext): Event {
  const into: Fields = event;
  const address = fieldOf(event, 'source.ip');
  const scope = typeof address === 'string' ? scopeOf(address, context.ownAddresses) : undefined;
  if (scope !== undefined) put(into, 'labels.source_scope', scope);
  else if ('labels.source_scope' in event) delete into['labels.source_scope'];
  if ('labels.known_scanner' in event) delete into['labels.known_scanner'];
  if (context.about !== undefined) for (const side of SIDES) add(into, side, aboutSide(event, side, context));
  return event;
}

function aboutSide(event: Event, side: Side, context: EnrichContext): About | undefined {
  const address = fieldOf(event, side.address);
  if (typeof address !== 'string') return undefined;
  const about = context.about?.(address);
  // An address of this machine is no scanner's and in no other country, whatever a list says.
  return about?.device === undefined && scopeOf(address, context.ownAddresses) !== 'public' ? undefined : about;
}

function add(into: Fields, { side, device }: Side, about: About | undefined): void {
  if (about === undefined) return;
  for (const [name, value] of about.fields) into[`${side}.${name}`] = value;
  if (about.device !== undefined) into[device] = about.device;
  if (about.scanner && side === 'source') into['labels.known_scanner'] = 'true';
}
