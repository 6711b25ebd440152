/**
 * ntfy (https://docs.ntfy.sh/publish/#publish-as-json): one JSON POST to the server's root. JSON and not headers, so that
 * nothing an attacker wrote can become a header.
 */
import type { Config, Level } from '#contract';
import { type Notifier, NotTaken } from './notifier.ts';
import { postJson } from './post.ts';
import { cutBytes } from './words.ts';

type NtfyConfig = NonNullable<Config['notify']['ntfy']>;

/** ntfy's priorities, 1 (min) to 5 (max). */
const PRIORITY: Readonly<Record<Level, number>> = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 };

/** ntfy turns a longer message into an attachment; bytes. */
const MAX_TEXT = 3500;

/** What only the owner can mend. */
const DEAD: Readonly<Record<number, string>> = {
  401: 'it wants a valid token: see notify.ntfy.token',
  403: 'the token may not write to this topic: see notify.ntfy',
  404: 'there is no such topic: see notify.ntfy.url',
};

export function ntfy({ url, token }: NtfyConfig): Notifier {
  const topicUrl = new URL(url);
  if (topicUrl.protocol !== 'https:' && topicUrl.protocol !== 'http:')
    throw new Error(`notify.ntfy.url: ${topicUrl.protocol} is not http or https`);
  const topic = decodeURIComponent(topicUrl.pathname.split('/').at(-1) ?? '');
  const root = new URL('.', topicUrl);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    channel: 'ntfy',
    async send({ title, text, level }, signal) {
      const content = { topic, title, message: cutBytes(text, MAX_TEXT), priority: PRIORITY[level] };
      const { status, retryAfter } = await postJson(root, content, { name: 'ntfy', headers, secrets: [token], signal });
      if (status >= 200 && status < 300) return undefined;
      const dead = DEAD[status];
      const why = dead === undefined ? '' : `: ${dead}`;
      throw new NotTaken(`ntfy answered ${status}${why}`, { retryAfter, dead: dead !== undefined });
    },
  };
}
