/**
 * One JSON POST to a provider. Redirects are refused: a token goes only where the owner said. An answer is read up to a limit
 * and within a time, whoever answers.
 */
import { NotTaken } from './notifier.ts';
import { shown } from './words.ts';

export interface PostOptions {
  /** How the provider is called in reasons. */
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Taken out of reasons. */
  readonly secrets: readonly (string | undefined)[];
  readonly signal: AbortSignal;
  /** ms for the whole exchange. */
  readonly timeout?: number | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** `Retry-After`, ms. */
  readonly retryAfter: number | undefined;
}

const TIMEOUT = 15_000;
const MAX_ANSWER = 64 * 1024;

/** Throws NotTaken where nobody answers, the signal's reason where it was aborted. */
export async function postJson(url: URL, content: unknown, options: PostOptions): Promise<Answer> {
  const { name, headers, secrets, signal, timeout = TIMEOUT } = options;
  const limit = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(content),
      redirect: 'error',
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.any([signal, limit]),
    });
    const retryAfter = retryAfterOf(response.headers.get('retry-after'));
    return { status: response.status, body: await readUpTo(response, MAX_ANSWER), retryAfter };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw new NotTaken(`${name} did not answer within ${timeout / 1000} s`);
    throw new NotTaken(shown(`${name} could not be reached: ${causeOf(error)}`, secrets));
  }
}

/** fetch says 'fetch failed' and keeps what happened to itself. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

async function readUpTo(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit).toString();
}

/** Seconds; the form with a date is not used by the providers we know. */
function retryAfterOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,7}$/.test(header) ? Number(header) * 1000 : undefined;
}
