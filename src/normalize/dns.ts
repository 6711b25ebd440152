/** Name servers' events in ECS's words: a question somebody asked, and what was refused or blocked. */
import { NETWORK } from './ecs.ts';
import type { Parsed } from './parsers/parser.ts';

/** With Sigma's category of its own: other lines of a name server are no questions. */
export const dnsEvent = (action: string, ...types: string[]): Parsed => ({
  'event.category': NETWORK,
  'event.type': types,
  'event.action': action,
  'network.protocol': 'dns',
  'labels.category': 'dns',
});

export const DNS_QUERY: Parsed = dnsEvent('dns_query', 'protocol', 'info');
export const DNS_ANSWER: Parsed = dnsEvent('dns_answer', 'protocol', 'info');
/** The server did what it was told: a refusal has no outcome. */
export const DNS_DENIED: Parsed = dnsEvent('dns_denied', 'protocol', 'denied');
export const DNS_BLOCKED: Parsed = dnsEvent('dns_blocked', 'protocol', 'denied');

/** `example.org.` → `example.org`; the root stays. */
export const plainName = (name: string): string => (name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name);
