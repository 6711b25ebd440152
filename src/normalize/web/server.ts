/** What web servers and the proxies in front of them have in common: how their parsers are declared, and a client behind a proxy. */
import { firstOf, isAddress } from '../address.ts';
import { accessLog } from '../http.ts';
import type { Draft, Line, Parser } from '../parsers/parser.ts';

/** Sigma's rules look at access logs by category, at a server's own log by service. */
export function webServer(name: string, rest: Partial<Parser>): Parser {
  return {
    name,
    programs: [name],
    dataset: `${name}.access`,
    product: name,
    service: name,
    category: 'webserver',
    ...rest,
  };
}

/** The common formats as a server of this name writes them; `rest` is what it adds behind the user agent. */
export function accessOf(
  type: string,
  message: string,
  line: Line,
): { readonly fields: Draft; readonly rest: string } | undefined {
  const found = accessLog(message, line);
  if (found !== undefined) found.fields['service.type'] = type;
  return found;
}

/** What a header claims of the client stands beside the address that connected: anybody can send one. */
export function setForwarded(draft: Draft, list: string): void {
  const first = firstOf(list);
  if (isAddress(first)) draft['network.forwarded_ip'] = first;
}

/** Of `X-Forwarded-For: claimed, …, seen` the last: the proxy next to us saw it. What stands before is what it was told. */
export function lastOf(list: string): string {
  return list.slice(list.lastIndexOf(',') + 1).trim();
}

const NANOSECONDS = 1e9;

/** A request's time in seconds, as text or number → `event.duration` in nanoseconds. */
export function setSeconds(draft: Draft, seconds: number): void {
  if (Number.isFinite(seconds) && seconds >= 0 && seconds < 1e7) {
    draft['event.duration'] = Math.round(seconds * NANOSECONDS);
  }
}
