/** What an agent does, by hand: raw HTTPS against the agents' listener, pinned to the authority that a token names. For tests. */
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { AGENT_PATHS, type AgentReport, type BatchHead, type EnrollReply, type EnrollToken } from '#contract';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; {} where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Door {
  readonly port: number;
  /** PEM of the authority. */
  readonly ca: string;
  send(
    path: string,
    options?: {
      readonly method?: string;
      readonly key?: string;
      readonly body?: string | Uint8Array;
      readonly headers?: Record<string, string>;
    },
  ): Promise<Answer>;
  /** Throws where the token is refused. */
  enroll(secret: string): Promise<EnrollReply>;
  batch(key: string, head: Head, lines?: readonly string[]): Promise<Answer>;
  /** The same, over one connection that is kept open. */
  kept(): { batch: Door['batch']; close(): void };
}

export type Head = Partial<BatchHead> & { readonly from: number; readonly to: number };

export const tokenOf = (word: string): EnrollToken =>
  JSON.parse(Buffer.from(word.replace(/^pla1\./, ''), 'base64url').toString()) as EnrollToken;

export const lineOf = (t: string, rest: object = {}): string => JSON.stringify({ s: 0, r: Date.now(), t, ...rest });

/** NDJSON of a batch; lines are `line N` unless given. */
export function batchOf(head: Head, lines?: readonly string[]): string {
  const numbers = Array.from({ length: head.to - head.from }, (_, i) => head.from + i);
  const whole = { v: 1, epoch: 'e1', sources: [{ id: 'file:/var/log/app.log', path: '/var/log/app.log' }], ...head };
  return [JSON.stringify(whole), ...(lines ?? numbers.map((n) => lineOf(`line ${n}`)))].join('\n');
}

export const reportOf = (rest: Partial<AgentReport> = {}): AgentReport => ({
  version: '1.0.0',
  platform: 'linux',
  host: 'attic.lan',
  started: Date.now(),
  always_on: true,
  spool: { records: 0, bytes: 0, oldest: null, quarantined: 0, parked: 0 },
  sources: [],
  ...rest,
});

/** Finds the authority behind the port, and holds it against the token's fingerprint, as an agent does before it says anything. */
export async function openDoor(token: Pick<EnrollToken, 'urls' | 'ca'>): Promise<Door> {
  const url = new URL(token.urls[0] ?? '');
  const port = Number(url.port);
  const root = await rootOf(url.hostname, port);
  const found = createHash('sha256').update(root).digest('hex');
  if (found !== token.ca) throw new Error(`The authority is ${found}, the token says ${token.ca}.`);
  const ca = new X509Certificate(root).toString();

  const through =
    (agent: Agent | false): Door['send'] =>
    (path, { method = 'POST', key, body = '', headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
        const sent = { 'content-length': String(Buffer.byteLength(body)), ...authorization, ...headers };
        const request = httpsRequest(
          { host: url.hostname, port, path, method, ca, agent, headers: sent },
          (response) => {
            let text = '';
            response
              .setEncoding('utf8')
              .on('data', (chunk: string) => (text += chunk))
              .on('error', reject)
              .on('end', () => {
                const parsed = text === '' ? {} : (JSON.parse(text) as Answer['body']);
                resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
              });
          },
        );
        request.on('error', reject);
        request.end(body);
      });
  const send = through(false);
  const batchThrough =
    (sender: Door['send']): Door['batch'] =>
    (key, head, lines) =>
      sender(AGENT_PATHS.batches, { key, body: batchOf(head, lines) });
  return {
    port,
    ca,
    send,
    batch: batchThrough(send),
    async enroll(secret) {
      const { status, body } = await send(AGENT_PATHS.enroll, { body: JSON.stringify({ secret }) });
      if (status !== 201) throw new Error(`${status} ${String(body['code'])}`);
      return { agent: String(body['agent']), key: String(body['key']) };
    },
    kept() {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      return { batch: batchThrough(through(agent)), close: () => agent.destroy() };
    },
  };
}

async function rootOf(host: string, port: number): Promise<Buffer> {
  const socket: TLSSocket = connect({ host, port, rejectUnauthorized: false });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('secureConnect', resolve).once('error', reject);
  await promise;
  let certificate = socket.getPeerCertificate(true);
  while (certificate.issuerCertificate !== undefined && certificate.issuerCertificate !== certificate)
    certificate = certificate.issuerCertificate;
  // Its end is awaited, so that it is in nobody's way.
  const closed = once(socket, 'close');
  socket.resume().end();
  await closed;
  return certificate.raw;
}
