/**
 * Who this agent is to its server: one file, `enrolment.json`, only its owner may read it. It is made by `agent enroll` with a token,
 * and written anew when the key is exchanged.
 *
 * The token carries the fingerprint of the server's own authority. First contact is with any certificate; then the authority that
 * the server shows must be the one of the token, and everything after that, the token's secret first of all, goes over a
 * connection that only this authority can vouch for.
 */
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { AGENT_PATHS, CodedError, type EnrollReply, type EnrollToken } from '#contract';
import { type Link, openLink, type Reply } from './link.ts';
import { syncFolder } from './spool/folder.ts';

export interface Enrolment {
  readonly agent: string;
  readonly key: string;
  /** PEM of the server's authority. */
  readonly ca: string;
  /** The one that worked first. */
  readonly urls: readonly string[];
}

const PREFIX = 'pla1.';
const HANDSHAKE_MS = 10_000;

export const enrolmentPath = (folder: string): string => join(folder, 'enrolment.json');

/** Names the server, whatever its address: another authority or another name is another numbering. */
export const serverId = ({ agent, ca }: Enrolment): string =>
  `${agent}@${createHash('sha256').update(ca).digest('hex').slice(0, 16)}`;

/** undefined: not enrolled. */
export function readEnrolment(folder: string): Enrolment | undefined {
  const path = enrolmentPath(folder);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CodedError('DATA_FOLDER', `${path}: ${(error as Error).message}`, { cause: error });
  }
  const value = parse(text);
  if (isEnrolment(value)) return value;
  throw new CodedError('DATA_FOLDER', `${path} is damaged: remove it and enrol again`);
}

export function writeEnrolment(folder: string, enrolment: Enrolment): void {
  const path = enrolmentPath(folder);
  const draft = `${path}.${randomUUID().slice(0, 8)}`;
  try {
    const fd = openSync(draft, 'wx', 0o600);
    try {
      writeSync(fd, `${JSON.stringify(enrolment, null, 2)}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');

function isEnrolment(value: unknown): value is Enrolment {
  const { agent, key, ca, urls } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return [agent, key, ca].every((text) => typeof text === 'string' && text !== '') && isTexts(urls);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Throws CodedError USAGE when it is no token, or one whose time is over. */
export function readToken(text: string, now: number): EnrollToken {
  const token = text.trim();
  const value = token.startsWith(PREFIX)
    ? parse(Buffer.from(token.slice(PREFIX.length), 'base64url').toString())
    : undefined;
  const { urls, ca, secret, expires } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!isTexts(urls) || !isHash(ca) || typeof secret !== 'string' || typeof expires !== 'number')
    throw new CodedError('USAGE', 'that is no enrolment token. porchlight agents add NAME prints one on the server');
  if (urls.some((url) => !URL.canParse(url) || new URL(url).protocol !== 'https:'))
    throw new CodedError('USAGE', 'the token names an address that is not https://');
  if (expires <= now)
    throw new CodedError(
      'USAGE',
      `the token was good until ${new Date(expires).toISOString()}. Print a new one on the server; and if it is not that late, the clocks differ`,
    );
  return { urls, ca, secret, expires };
}

const isHash = (value: unknown): value is string => typeof value === 'string' && /^[\da-f]{64}$/i.test(value);

/** Rejects with a CodedError that says what happened at each address. */
export async function enroll(token: EnrollToken, signal: AbortSignal): Promise<Enrolment> {
  const failures: string[] = [];
  for (const url of token.urls) {
    const address = new URL(url);
    let link: Link | undefined;
    try {
      const ca = await authorityOf(address, token.ca, signal);
      link = await openLink(address, ca);
      const reply = await post(link, AGENT_PATHS.enroll, { secret: token.secret }, {}, signal);
      const { agent, key } = keyIn(reply);
      return { agent, key, ca, urls: [url, ...token.urls.filter((other) => other !== url)] };
    } catch (error) {
      signal.throwIfAborted();
      // The token is spent, or was never known: the other addresses are the same server.
      if (error instanceof CodedError) throw error;
      failures.push(`${url}: ${(error as Error).message}`);
    } finally {
      link?.close();
    }
  }
  throw new CodedError('NO_SERVER', `no address of the token answers.\n${failures.join('\n')}`);
}

/** The new key, in exchange for the old one. */
export async function exchangeKey(link: Link, old: Enrolment, signal: AbortSignal): Promise<Enrolment> {
  const reply = await post(link, AGENT_PATHS.rotate, {}, { Authorization: `Bearer ${old.key}` }, signal);
  return { ...old, ...keyIn(reply) };
}

function post(
  link: Link,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Reply> {
  const bytes = Buffer.from(JSON.stringify(body));
  return link.post(path, { 'Content-Type': 'application/json', ...headers }, bytes, signal);
}

function keyIn({ status, body }: Reply): EnrollReply {
  const { agent, key, detail } = (parse(body) ?? {}) as Readonly<Record<string, unknown>>;
  if (status === 401 || status === 403)
    throw new CodedError('UNAUTHORIZED', 'the server does not take this token: it was used, or its time is over');
  if (status < 200 || status > 299)
    throw new Error(`it answers ${status}${typeof detail === 'string' ? `: ${detail}` : ''}`);
  if (typeof agent !== 'string' || typeof key !== 'string' || key === '') throw new Error('its answer makes no sense');
  return { agent, key };
}

/** PEM of the authority at the end of the server's chain, if it is the one that was named. */
function authorityOf(url: URL, fingerprint: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // Nothing is sent here; what comes after is verified against what is found.
    const socket = connect({ host, port: Number(url.port || 443), rejectUnauthorized: false }, () => {
      const root = rootOf(socket.getPeerCertificate(true));
      socket.destroy();
      const hash = createHash('sha256').update(root).digest('hex');
      if (hash === fingerprint.toLowerCase()) resolve(pem(root));
      else
        reject(
          new CodedError(
            'UNAUTHORIZED',
            `${url.href} is not the server that made this token: its authority is ${hash.slice(0, 16)}…, not ${fingerprint.slice(0, 16)}…`,
          ),
        );
    });
    const stop = (): void => void socket.destroy(new Error('interrupted'));
    signal.addEventListener('abort', stop, { once: true });
    socket.setTimeout(HANDSHAKE_MS, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('close', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('it hung up'));
    });
  });
}

function rootOf(leaf: DetailedPeerCertificate): Buffer {
  let certificate = leaf;
  for (let depth = 0; depth < 10; depth++) {
    const issuer = certificate.issuerCertificate as DetailedPeerCertificate | undefined;
    if (issuer === undefined || issuer === certificate || issuer.fingerprint256 === certificate.fingerprint256) break;
    certificate = issuer;
  }
  return certificate.raw;
}

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
