/**
 * The certificate that the agents' listener shows, and the key it holds: the owner's own files, or one of the house's authority, which is made on
 * first use and kept in the data folder.
 *
 *   agents/authority.key   0600; whoever has it can pretend to be this server to every agent
 *   agents/authority.crt   what agents pin
 *   agents/server.key      0600
 *   agents/server.crt      renewed when it nears its end, or when this machine has got another name or address
 */
import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { isIP } from 'node:net';
import { CodedError } from '#contract';
import type { Signed } from './certificate.ts';

/** PEM; `cert` is the chain, up to and with its root. */
export interface Credentials extends Signed {
  /** SHA-256 of the root in DER, hex: what a token carries. */
  readonly ca: string;
}

export interface CredentialOptions {
  /** The data folder. */
  readonly folder: string;
  /** Paths of the owner's own, where there are some. */
  readonly given: { readonly cert: string; readonly key: string } | undefined;
  /** Names and addresses that it has to be good for. */
  readonly names: () => readonly string[];
  readonly now: () => number;
}

const DAY = 24 * 3_600_000;
/** Longer than a year is not believed everywhere. */
const LIFE = 397 * DAY;
const RENEW_BEFORE = 60 * DAY;
/** Clocks at home differ. */
const EARLIER = DAY;

/** What is good now; made or renewed where it is not. Throws CodedError AGENTS_LISTEN. */
export async function readCredentials({ folder, given, names, now }: CredentialOptions): Promise<Credentials> {
  if (given !== undefined) return ofOwner(given);
  const home = join(folder, 'agents');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const authority = await ofHouse(home);
  const root = new X509Certificate(authority.cert);
  const held = pairAt(join(home, 'server'));
  const wanted = names();
  if (held !== undefined && isGood(held, root, wanted, now())) return whole(held, authority.cert);
  if (authority.key === '') throw refusal(`${home}/authority.key is gone, and the certificate has to be renewed`);
  const { makeServerCertificate } = await import('./certificate.ts');
  const made = makeServerCertificate(authority, {
    names: wanted,
    from: now() - EARLIER,
    until: now() + LIFE - EARLIER,
  });
  keep(join(home, 'server'), made);
  return whole(made, authority.cert);
}

const whole = ({ key, cert }: Signed, root: string): Credentials => ({ key, cert: cert + root, ca: fingerprint(root) });

export const fingerprint = (pem: string): string =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');

const refusal = (reason: string, cause?: unknown): CodedError =>
  new CodedError('AGENTS_LISTEN', `${reason}.`, { cause });

/** A lost key of the authority is an empty one: the certificate it signed is good for a while. */
async function ofHouse(home: string): Promise<Signed> {
  const path = join(home, 'authority');
  const [key, cert] = [textOf(`${path}.key`), textOf(`${path}.crt`)];
  if (cert !== undefined) {
    try {
      const root = new X509Certificate(cert);
      if (root.ca) return { key: key ?? '', cert };
    } catch (cause) {
      throw refusal(`${path}.crt is damaged; restore it, or move ${home} away and enrol every agent anew`, cause);
    }
  }
  const { makeAuthority } = await import('./certificate.ts');
  const made = makeAuthority();
  keep(path, made);
  return made;
}

function isGood({ key, cert }: Signed, root: X509Certificate, names: readonly string[], now: number): boolean {
  try {
    const own = new X509Certificate(cert);
    createSecureContext({ key, cert });
    const begins = Date.parse(own.validFrom);
    const renewAt = Date.parse(own.validTo) - RENEW_BEFORE;
    return own.verify(root.publicKey) && now >= begins && now < renewAt && names.every((name) => covers(own, name));
  } catch {
    return false;
  }
}

const covers = (cert: X509Certificate, name: string): boolean =>
  (isIP(name) === 0 ? cert.checkHost(name, { subject: 'never' }) : cert.checkIP(name)) !== undefined;

function pairAt(path: string): Signed | undefined {
  const [key, cert] = [textOf(`${path}.key`), textOf(`${path}.crt`)];
  return key === undefined || cert === undefined ? undefined : { key, cert };
}

/** undefined: it is not there. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw refusal(`${path} cannot be read: ${(error as Error).message}`, error);
  }
}

/** The key first: a certificate without its key would be one that nobody can use. */
function keep(path: string, { key, cert }: Signed): void {
  try {
    replace(`${path}.key`, key);
    replace(`${path}.crt`, cert);
  } catch (error) {
    throw refusal(`${path} cannot be written: ${(error as Error).message}`, error);
  }
}

/** All of the new text or all of the old, whatever happens in between. */
function replace(path: string, text: string): void {
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
  syncFolder(dirname(path));
}

/** Windows cannot open a folder, and need not. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function ofOwner(paths: { readonly cert: string; readonly key: string }): Credentials {
  const [key, cert] = [textOf(paths.key), textOf(paths.cert)];
  if (key === undefined || cert === undefined)
    throw refusal(`${key === undefined ? paths.key : paths.cert} is not there`);
  const chain = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const last = chain.at(-1);
  if (last === undefined) throw refusal(`${paths.cert} holds no certificate`);
  try {
    createSecureContext({ key, cert });
    const root = new X509Certificate(last);
    if (!root.checkIssued(root))
      throw new Error('the chain does not reach its root; agents pin that, so add it at the end');
    return { key, cert, ca: fingerprint(last) };
  } catch (error) {
    throw refusal(`${paths.cert}: ${(error as Error).message}`, error);
  }
}
