/**
 * Does this text look like an IP address? Enough to tell one from a host name; `enrich` judges it exactly. And addresses with a
 * port, in the forms that programs write.
 */
import type { FieldValue } from '#contract';
import { put } from './fields.ts';

const V6 = /^[0-9a-fA-F:]{2,39}(?:\.\d{1,3}){0,3}(?:%[\w.-]{1,32})?$/;

export const isAddress = (text: string): boolean =>
  text.length <= 78 && (isV4(text) || (text.includes(':') && V6.test(text)));

/** Four numbers of one to three digits, and dots between them. */
function isV4(text: string): boolean {
  let digits = 0;
  let dots = 0;
  if (text.length > 15) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      if (++digits > 3) return false;
    } else {
      if (code !== 46 || digits === 0 || ++dots > 3) return false;
      digits = 0;
    }
  }
  return dots === 3 && digits > 0;
}

/** An IPv4 peer on a dual-stack socket reads `::ffff:192.0.2.1`; it is the same peer. */
const plainAddress = (text: string): string =>
  text.startsWith('::ffff:') && isV4(text.slice(7)) ? text.slice(7) : text;

export interface Endpoint {
  /** An address, or a host name where the program resolved it. */
  readonly address: string;
  readonly port: number | undefined;
}

const PORT_AFTER = /^(.{1,78}?)(?:[:#]| port )(\d{1,5})$/;

/**
 * `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, `[2001:db8::1]`, `2001:db8::1`, `192.0.2.1#53` (BIND), `2001:db8::1.443` (BSD), `nas:80`.
 * A bare IPv6 address is never taken apart.
 */
export function endpointOf(text: string): Endpoint {
  if (text.charCodeAt(0) === 91) {
    const close = text.indexOf(']');
    if (close !== -1) {
      const port = /^[:#](\d{1,5})$/.exec(text.slice(close + 1))?.[1];
      return { address: text.slice(1, close), port: port === undefined ? undefined : Number(port) };
    }
  }
  if (isAddress(text)) return { address: text, port: undefined };
  const match = PORT_AFTER.exec(text);
  if (match === null) return { address: text, port: undefined };
  return { address: match[1] ?? text, port: Number(match[2]) };
}

type Side = 'source' | 'destination' | 'client' | 'server';

/** The peer as `source.ip`, or as `source.domain` where the program resolved its name; `-` and such words are nobody. */
export function setPeer(
  into: Record<string, FieldValue | undefined>,
  address: string,
  port?: number,
  side: Side = 'source',
): void {
  const names = NAMES[side];
  if (isAddress(address)) put(into, names.ip, plainAddress(address));
  else if (!NOBODY.has(address)) put(into, names.domain, address);
  if (port !== undefined) put(into, names.port, port);
}

/** Written out: a name that is put together has to be looked up among all names, each time. */
const NAMES = {
  source: { ip: 'source.ip', domain: 'source.domain', port: 'source.port' },
  destination: { ip: 'destination.ip', domain: 'destination.domain', port: 'destination.port' },
  client: { ip: 'client.ip', domain: 'client.domain', port: 'client.port' },
  server: { ip: 'server.ip', domain: 'server.domain', port: 'server.port' },
} as const;

const NOBODY: ReadonlySet<string> = new Set([
  '',
  '-',
  '?',
  'UNKNOWN',
  'unknown',
  'undefined',
  'null',
  '<nil>',
  'local',
  '*',
]);

/** `setPeer` of a text with a port. */
export function setEndpoint(into: Record<string, FieldValue | undefined>, text: string, side: Side = 'source'): void {
  const { address, port } = endpointOf(text);
  setPeer(into, address, port, side);
}

/** Of `X-Forwarded-For: client, proxy, proxy` the first: who asked. */
export function firstOf(list: string): string {
  const comma = list.indexOf(',');
  return (comma === -1 ? list : list.slice(0, comma)).trim();
}

/** For programs that always write a port and no brackets: of `2001:db8::1:443` the last number is the port. */
export function setPeerWithPort(into: Record<string, FieldValue | undefined>, text: string): void {
  const colon = text.startsWith('[') ? -1 : text.lastIndexOf(':');
  const port = text.slice(colon + 1);
  if (colon > 0 && /^\d{1,5}$/.test(port) && isAddress(text.slice(0, colon))) {
    setPeer(into, text.slice(0, colon), port === '0' ? undefined : Number(port));
  } else setEndpoint(into, text);
}
