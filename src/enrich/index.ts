/**
 * The room's door: what we know about an event besides what it says. Pure; what has to be looked up is passed in.
 *
 * Adds `labels.source_scope`, where the peer stands seen from here: `own`, `loopback`, `private`, `link-local` or `public`.
 */
import { type Event, type Fields, newFields } from '#contract';
import { scopeOf } from './scope.ts';

export type { Scope } from './scope.ts';

export interface EnrichContext {
  /** Addresses of this machine's interfaces, as the system writes them. */
  readonly ownAddresses: ReadonlySet<string>;
}

/** The same event where there is nothing to add. A sender's own value is replaced: a feed or a rule may rely on it. */
export function enrich(event: Event, context: EnrichContext): Event {
  const address = event['source.ip'];
  const scope = typeof address === 'string' ? scopeOf(address, context.ownAddresses) : undefined;
  if (scope === event['labels.source_scope']) return event;
  const enriched: Fields = Object.assign(newFields(), event);
  if (scope === undefined) delete enriched['labels.source_scope'];
  else enriched['labels.source_scope'] = scope;
  return enriched as Event;
}
