/**
 * A server on this machine that speaks as much of Telegram's Bot API as sendMessage needs, and is as strict: the token in the path,
 * the few tags and entities its HTML knows, 4096 UTF-16 units after markup.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN = '123456:canary-Secret_token';

export interface Said {
  readonly body: Readonly<Record<string, unknown>>;
  /** The text as a reader sees it. */
  readonly text: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Never answers: the connection stays open. */
  readonly silent?: boolean;
}

export interface TelegramServer {
  readonly api: string;
  /** Messages that were taken, in order. */
  readonly taken: Said[];
  /** Everything that was asked, taken or not. */
  readonly asked: Said[];
  /** Answers in place of the real one, used up in order. */
  readonly replies: (Reply | undefined)[];
  /** Called after each answer. */
  onAnswer: () => void;
  close(): void;
}

const refuse = (status: number, description: string): Reply => ({
  status,
  body: { ok: false, error_code: status, description },
});

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' };

/** Text of Telegram's HTML; undefined where it cannot be read. */
export function readHtml(html: string): string | undefined {
  const open: string[] = [];
  let text = '';
  for (const [token] of html.matchAll(/<[^>]*>?|&[^;]{0,8};?|[^<&]+/gs)) {
    if (token.startsWith('<')) {
      const [, end, name = ''] = /^<(\/?)(b|i|code|pre)>$/.exec(token) ?? [];
      if (name === '' || (end === '/' && open.pop() !== name)) return undefined;
      if (end === '') open.push(name);
    } else if (token.startsWith('&')) {
      const sign = ENTITIES[token];
      if (sign === undefined) return undefined;
      text += sign;
    } else text += token;
  }
  return open.length === 0 ? text : undefined;
}

function judge(path: string | undefined, said: Said | undefined): Reply {
  if (path !== `/bot${TOKEN}/sendMessage`) return refuse(401, 'Unauthorized');
  if (said === undefined)
    return refuse(400, "Bad Request: can't parse entities: Unsupported start tag at byte offset 3");
  if (!said.text.isWellFormed()) return refuse(400, 'Bad Request: strings must be encoded in UTF-8');
  if (said.text.trim() === '') return refuse(400, 'Bad Request: message text is empty');
  if (said.text.length > 4096) return refuse(400, 'Bad Request: message is too long');
  return { status: 200, body: { ok: true, result: { message_id: 1 } } };
}

function understand(body: Readonly<Record<string, unknown>>): Said | undefined {
  const text = typeof body['text'] === 'string' ? body['text'] : '';
  const read = body['parse_mode'] === 'HTML' ? readHtml(text) : text;
  return read === undefined ? undefined : { body, text: read };
}

export async function startTelegram(): Promise<TelegramServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Readonly<Record<string, unknown>>;
      const said = understand(body);
      state.asked.push(said ?? { body, text: '' });
      const reply = state.replies.shift() ?? judge(request.url, said);
      if (reply.silent === true) {
        state.onAnswer();
        return;
      }
      if (reply.status === 200 && said !== undefined) state.taken.push(said);
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body), () => state.onAnswer());
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const state: TelegramServer = {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: [],
    asked: [],
    replies: [],
    onAnswer: () => undefined,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return state;
}
