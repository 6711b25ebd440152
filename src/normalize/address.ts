/** Does this text look like an IP address? Enough to tell one from a host name; `enrich` judges it exactly. */
import type { FieldValue } from '#contract';

const V4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const V6 = /^[0-9a-fA-F:]{2,39}(?:\.\d{1,3}){0,3}(?:%[\w.-]{1,32})?$/;

export const isAddress = (text: string): boolean =>
  text.length <= 78 && (V4.test(text) || (text.includes(':') && V6.test(text)));

/** An IPv4 peer on a dual-stack socket reads `::ffff:192.0.2.1`; it is the same peer. */
const plainAddress = (text: string): string =>
  text.startsWith('::ffff:') && V4.test(text.slice(7)) ? text.slice(7) : text;

/** The peer as `source.ip`, or as `source.domain` where the program resolved its name. */
export function setPeer(into: Record<string, FieldValue | undefined>, address: string, port?: number): void {
  if (isAddress(address)) into['source.ip'] = plainAddress(address);
  else if (address !== '' && address !== 'UNKNOWN') into['source.domain'] = address;
  if (port !== undefined) into['source.port'] = port;
}
