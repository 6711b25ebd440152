/**
 * The room's door: what we know about an event besides what it says. Pure; what has to be looked up is passed in.
 *
 * Adds `labels.source_scope`, where the peer stands seen from here: `own`, `loopback`, `private`, `link-local` or `public`. Where the
 * settings name databases, devices and lists, also `source.geo.*`, `source.as.*`, the device's name and `labels.known_scanner`;
 * of the destination the same but for the last.
 */
import { type Event, type Fields, newFields } from '#contract';
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

const SIDES = ['source', 'destination'] as const;

/** The same event where there is nothing to add. A sender's own value is replaced: a feed or a rule may rely on it. */
export function enrich(event: Event, context: EnrichContext): Event {
  const address = event['source.ip'];
  const scope = typeof address === 'string' ? scopeOf(address, context.ownAddresses) : undefined;
  const known = context.about === undefined ? undefined : SIDES.map((side) => aboutSide(event, side, context));
  const plain = known?.every((about) => about === undefined) !== false && event['labels.known_scanner'] === undefined;
  if (plain && scope === event['labels.source_scope']) return event;
  const enriched: Fields = Object.assign(newFields(), event);
  if (scope === undefined) delete enriched['labels.source_scope'];
  else enriched['labels.source_scope'] = scope;
  delete enriched['labels.known_scanner'];
  for (const [index, side] of SIDES.entries()) add(enriched, side, known?.[index]);
  return enriched as Event;
}

function aboutSide(event: Event, side: (typeof SIDES)[number], context: EnrichContext): About | undefined {
  const address = event[`${side}.ip`];
  if (typeof address !== 'string') return undefined;
  const about = context.about?.(address);
  // An address of this machine is no scanner's and in no other country, whatever a list says.
  return about?.device === undefined && scopeOf(address, context.ownAddresses) !== 'public' ? undefined : about;
}

function add(into: Fields, side: (typeof SIDES)[number], about: About | undefined): void {
  if (about === undefined) return;
  for (const [name, value] of about.fields) into[`${side}.${name}`] = value;
  if (about.device !== undefined) into[`labels.${side}_device`] = about.device;
  if (about.scanner && side === 'source') into['labels.known_scanner'] = 'true';
}
