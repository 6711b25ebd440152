/**
 * Telegram's Bot API, `sendMessage` (https://core.telegram.org/bots/api#sendmessage), as HTML with three signs escaped: it has
 * fewer ways to go wrong than MarkdownV2 with its nineteen.
 *
 * - The limit of 4096 counts UTF-16 units of the text as shown, so the text is cut first and escaped after: no entity is cut.
 * - A 400 is sent again as plain text, and then without any word from a log: a text never blocks the ones behind it.
 * - The token is part of the address. Reasons are cleaned of it, whoever wrote them.
 * - Telegram's servers fetch what a message links to, unless previews are off: an attacker must not learn that we read him.
 */
import type { Config } from '#contract';
import { type Message, type Notifier, NotTaken } from './notifier.ts';
import { postJson } from './post.ts';
import { bareWords, cutUnits, escapeHtml, headline, shown } from './words.ts';

type TelegramConfig = NonNullable<Config['notify']['telegram']>;

/** UTF-16 units after markup is taken away. */
const MAX_TEXT = 4096;
const MAX_TITLE = 300;

/** What only the owner can mend. 404 is Telegram's answer to a token that cannot be one. */
const DEAD: Readonly<Record<number, string>> = {
  400: 'see notify.telegram.chat_id',
  401: 'it does not know the token: see notify.telegram.token',
  403: 'the bot may not write to this chat: open the chat and press Start, or let the bot into the group',
  404: 'it does not know the token: see notify.telegram.token',
};

/** Title and text, cut to what fits. */
function partsOf(message: Message): { readonly title: string; readonly text: string } {
  const title = cutUnits(headline(message), MAX_TITLE);
  return { title, text: cutUnits(message.text.toWellFormed(), MAX_TEXT - title.length - 1) };
}

function bodies(message: Message): readonly Readonly<Record<string, unknown>>[] {
  const { title, text } = partsOf(message);
  return [
    { text: `<b>${escapeHtml(title)}</b>\n${escapeHtml(text)}`, parse_mode: 'HTML' },
    { text: `${title}\n${text}` },
    { text: bareWords(message) },
  ];
}

/** What we use of an answer; everything else in it is passed over. */
interface Verdict {
  readonly ok: boolean;
  readonly status: number;
  readonly description: string;
  readonly retryAfter: number | undefined;
  /** A group that grew has a new number. */
  readonly movedTo: number | undefined;
}

/** `timeout`: ms for one exchange. */
export function telegram({ token, chat_id, api }: TelegramConfig, timeout?: number): Notifier {
  const url = new URL(`${api.replace(/\/+$/, '')}/bot${token}/sendMessage`);
  let chat = chat_id;

  async function say(body: Readonly<Record<string, unknown>>, quiet: boolean, signal: AbortSignal): Promise<Verdict> {
    const content = {
      chat_id: chat,
      link_preview_options: { is_disabled: true },
      disable_notification: quiet,
      ...body,
    };
    const answer = await postJson(url, content, { name: 'Telegram', secrets: [token], signal, timeout });
    const verdict = read(answer.body, answer.status);
    return { ...verdict, retryAfter: verdict.retryAfter ?? answer.retryAfter };
  }

  return {
    channel: 'telegram',
    async send(message, signal) {
      const quiet = message.level === 'informational';
      let verdict: Verdict | undefined;
      for (const body of bodies(message)) {
        verdict = await say(body, quiet, signal);
        if (verdict.movedTo !== undefined) {
          chat = verdict.movedTo;
          verdict = await say(body, quiet, signal);
        }
        if (verdict.status !== 400) break;
      }
      if (verdict?.ok === true)
        return chat === chat_id ? undefined : `the group is now ${chat}: set notify.telegram.chat_id`;
      throw refusal(verdict, token);
    },
  };
}

function refusal(verdict: Verdict | undefined, token: string): NotTaken {
  const { status = 0, description = '', retryAfter } = verdict ?? {};
  if (status >= 200 && status < 300) return new NotTaken('what answered is not Telegram: see notify.telegram.api');
  const dead = status === 429 ? undefined : DEAD[status];
  const why = [description, dead ?? ''].filter((part) => part !== '').join('; ');
  return new NotTaken(shown(`Telegram answered ${status}${why === '' ? '' : `: ${why}`}`, [token]), {
    retryAfter,
    dead: dead !== undefined,
  });
}

/** Anything may answer, a hotel's log-in page too: only `ok: true` from Telegram's JSON counts as taken. */
function read(body: string, status: number): Verdict {
  const answer = objectOf(parse(body));
  const parameters = objectOf(answer['parameters']);
  const seconds = parameters['retry_after'];
  const movedTo = parameters['migrate_to_chat_id'];
  const { description } = answer;
  return {
    ok: status >= 200 && status < 300 && answer['ok'] === true,
    status,
    description: typeof description === 'string' ? description : '',
    retryAfter: typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined,
    movedTo: typeof movedTo === 'number' && Number.isSafeInteger(movedTo) ? movedTo : undefined,
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
