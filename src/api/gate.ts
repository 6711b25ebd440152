/**
 * Two questions before anything else is looked at: is this request meant for us, and did a page of ours send it?
 *
 * A web page anywhere can make its visitor's browser send requests to 127.0.0.1. It cannot choose the Host header, unless
 * it points its own name at 127.0.0.1 (DNS rebinding), and it cannot hide Origin and Sec-Fetch-Site. Tools such as curl
 * send neither of the two and pass.
 */
import type { IncomingHttpHeaders } from 'node:http';

const OURS = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
const PORT = /:\d{1,5}$/;

export type HostCheck = (host: string | undefined) => boolean;

/** `hosts`: names, each with a port (then only that one) or without (then any). */
export function hostCheck(hosts: readonly string[]): HostCheck {
  const names = new Set(hosts.map((host) => host.toLowerCase()));
  return (host) => {
    if (host === undefined) return false;
    if (OURS.test(host)) return true;
    const name = host.toLowerCase();
    return names.has(name) || names.has(name.replace(PORT, ''));
  };
}

const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': ':80', 'https:': ':443' };

/** Origin and Host name the same server; `http://nas:80` is `http://nas`. The scheme is the proxy's business. */
function sameOrigin(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const name = host.toLowerCase();
  const usual = DEFAULT_PORT[url.protocol];
  if (usual === undefined) return false;
  return url.host === name || `${url.host}${usual}` === name;
}

export function isForeign(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site') return true;
  if (headers.origin !== undefined) return !sameOrigin(headers.origin, headers.host ?? '');
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
