/**
 * Fetches an archive that somebody typed the address of; nothing else in the product fetches anything by itself. http and https
 * only. Redirects are followed a few times, never from https back to http, and never to an address inside the house unless the
 * typed host is that very one: a server out there must not make us ask the router.
 */
import { lookup as resolve } from 'node:dns';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { isIP } from 'node:net';
import process from 'node:process';
import ipaddr from 'ipaddr.js';
import { CodedError } from '#contract';

export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** ms without a byte, and ms in all. */
  readonly idle: number;
  readonly total: number;
  /** `size` is undefined where the server does not say. */
  readonly onProgress: (bytes: number, size: number | undefined) => void;
}

const REDIRECTS = 5;

const refusal = (why: string): CodedError => new CodedError('RULE_SET', why);

function parse(address: string, base?: URL): URL {
  const url = URL.parse(address, base?.href);
  if (url === null) throw refusal(`${address} is no address`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refusal(`${url.protocol} is not fetched; https is`);
  if (url.username !== '' || url.password !== '') throw refusal('an address with a password in it is not fetched');
  return url;
}

/** Out there: neither of this machine nor of this house. */
const isPublic = (address: string): boolean => ipaddr.process(address).range() === 'unicast';

/** The address that is asked is one that was looked at: a name cannot mean another one a moment later. */
const publicOnly: NonNullable<RequestOptions['lookup']> = (host, options, done) => {
  resolve(host, { ...options, all: true }, (error, addresses) => {
    const inside = addresses?.find(({ address }) => !isPublic(address));
    if (error !== null) done(error, []);
    else if (inside !== undefined) done(refusal(`it was sent on to ${host}, which is ${inside.address}`), []);
    else if (options.all === true) done(null, addresses);
    else done(null, addresses[0]?.address ?? '', addresses[0]?.family);
  });
};

function ask(url: URL, typed: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const same = url.hostname === typed.hostname;
  if (!same && isIP(host) !== 0 && !isPublic(host)) return Promise.reject(refusal(`it was sent on to ${host}`));
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  return new Promise((done, failed) => {
    const headers = { 'user-agent': 'porchlight', accept: '*/*' };
    request(url, { signal, headers, ...(same ? {} : { lookup: publicOnly }) }, done)
      .once('error', failed)
      .end();
  });
}

async function follow(typed: URL, signal: AbortSignal): Promise<IncomingMessage> {
  let url = typed;
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const answer = await ask(url, typed, signal);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200) return answer;
    answer.resume();
    const { location } = headers;
    if (statusCode < 300 || statusCode > 399 || location === undefined)
      throw refusal(`${url.host} answers ${statusCode} ${answer.statusMessage ?? ''}`.trimEnd());
    const next = parse(location, url);
    if (url.protocol === 'https:' && next.protocol === 'http:')
      throw refusal(`${url.host} sends on to ${next.href}, in the clear`);
    url = next;
  }
  throw refusal(`${typed.host} sends on and on`);
}

/** Throws CodedError RULE_SET with the reason. */
export async function download(address: string, options: DownloadOptions): Promise<Buffer> {
  const { signal, maxBytes, idle, total, onProgress } = options;
  const typed = parse(address);
  const limit = AbortSignal.timeout(total);
  const quiet = new AbortController();
  const timer = setTimeout(() => quiet.abort(), idle);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    const answer = await follow(typed, AbortSignal.any([signal, limit, quiet.signal]));
    const length = Number(answer.headers['content-length'] ?? Number.NaN);
    const size = Number.isSafeInteger(length) ? length : undefined;
    const tooLarge = (): CodedError => refusal(`it has more than ${maxBytes} bytes`);
    if (size !== undefined && size > maxBytes) throw tooLarge();
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      timer.refresh();
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
      onProgress(bytes, size);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    if (signal.aborted) throw refusal('it was stopped');
    if (quiet.signal.aborted) throw refusal(`${typed.host} sent nothing for ${idle / 1000} seconds`);
    if (limit.aborted) throw refusal(`it took longer than ${total / 1000} seconds`);
    throw refusal(`${typed.host} cannot be asked: ${(error as Error).message}`);
  } finally {
    clearTimeout(timer);
  }
}
