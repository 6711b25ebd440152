/**
 * Kept connections to a server. node:http and node:https instead of fetch: that alone would cost 100 ms at the start and 20 MB.
 */
import type { Agent, IncomingMessage, RequestOptions } from 'node:http';

export interface Reply {
  readonly status: number;
  /** ms, as `Retry-After` says. */
  readonly retryAfter: number | undefined;
  readonly body: string;
}

export interface Link {
  /** Rejects when there is no reply. */
  post(path: string, headers: Readonly<Record<string, string>>, body: Buffer, signal: AbortSignal): Promise<Reply>;
  readonly url: URL;
  close(): void;
}

/** One for each batch that may be on its way. */
const CONNECTIONS = 2;
const LONGEST_REPLY = 64 * 1024;
/** A server that syncs a slow disk may take its time; one that is silent for longer is not there. */
const SILENCE_MS = 60_000;

/** `ca`: PEM. Then no other authority counts. */
export async function openLink(url: URL, ca: string | undefined): Promise<Link> {
  const secure = url.protocol === 'https:';
  const { Agent: KeptAgent, request } = secure ? await import('node:https') : await import('node:http');
  const agent: Agent = new KeptAgent({ keepAlive: true, maxSockets: CONNECTIONS, timeout: SILENCE_MS });
  const base: RequestOptions & { ca?: string } = {
    agent,
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: url.port }),
    ...(ca === undefined ? {} : { ca }),
  };

  async function attempt(path: string, headers: Readonly<Record<string, string>>, body: Buffer, signal: AbortSignal) {
    return new Promise<Reply>((resolve, reject) => {
      const sent = request({
        ...base,
        path,
        method: 'POST',
        headers: { ...headers, 'Content-Length': String(body.length) },
        signal,
      });
      sent.setTimeout(SILENCE_MS, () => sent.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)));
      sent.on('error', (error: NodeJS.ErrnoException) =>
        reject(Object.assign(error, { stale: sent.reusedSocket && error.code === 'ECONNRESET' })),
      );
      sent.on('response', (response: IncomingMessage) => {
        read(response).then(resolve, reject);
      });
      sent.end(body);
    });
  }

  return {
    url,
    async post(path, headers, body, signal) {
      try {
        return await attempt(path, headers, body, signal);
      } catch (error) {
        // The server let the kept connection go just then. What it has of the batch it drops as a repeat.
        if (!(error as { stale?: boolean }).stale || signal.aborted) throw error;
        return attempt(path, headers, body, signal);
      }
    },
    close: () => agent.destroy(),
  };
}

async function read(response: IncomingMessage): Promise<Reply> {
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    if (body.length < LONGEST_REPLY) body += String(chunk);
  }
  const after = response.headers['retry-after'];
  return { status: response.statusCode ?? 0, retryAfter: after === undefined ? undefined : waitOf(after), body };
}

/** Seconds or a date (RFC 9110, 10.2.3), at most an hour; ms. */
function waitOf(text: string): number | undefined {
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, Math.min(3_600_000, ms)) : undefined;
}
