/**
 * ntfy (https://docs.ntfy.sh/publish/#publish-as-json): one JSON POST to the server's root. JSON and not headers, so that
 * nothing an attacker wrote can become a header. Redirects are refused: the token goes only where the owner said.
 */
import type { Config, Level } from '#contract';
import { type Message, type Notifier, NotTaken } from './notifier.ts';

type NtfyConfig = NonNullable<Config['notify']['ntfy']>;

/** ntfy's priorities, 1 (min) to 5 (max). */
const PRIORITY: Readonly<Record<Level, number>> = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 };

/** ntfy turns a longer message into an attachment; bytes. */
const MAX_TEXT = 3500;
const TIMEOUT = 15_000;

export function ntfy({ url, token }: NtfyConfig): Notifier {
  const topicUrl = new URL(url);
  if (topicUrl.protocol !== 'https:' && topicUrl.protocol !== 'http:')
    throw new Error(`notify.ntfy.url: ${topicUrl.protocol} is not http or https`);
  const topic = decodeURIComponent(topicUrl.pathname.split('/').at(-1) ?? '');
  const root = new URL('.', topicUrl);
  return {
    channel: 'ntfy',
    async send(message, signal) {
      const response = await post(root, body(topic, message), token, signal);
      await response.body?.cancel();
      if (!response.ok) throw new NotTaken(`ntfy answered ${response.status}`, retryAfter(response));
    },
  };
}

async function post(root: URL, text: string, token: string | undefined, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(root, {
      method: 'POST',
      body: text,
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
  } catch (error) {
    throw new NotTaken(`ntfy could not be reached: ${(error as Error).message}`);
  }
}

function body(topic: string, { title, text, level }: Message): string {
  return JSON.stringify({ topic, title, message: cut(text, MAX_TEXT), priority: PRIORITY[level] });
}

/** At most `bytes` bytes of UTF-8, never in the middle of a character. */
function cut(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return read < text.length ? `${text.slice(0, read)}…` : text;
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
