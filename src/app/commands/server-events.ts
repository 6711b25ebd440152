/** Reads a server-sent event stream (WHATWG HTML, 9.2): Node has no stable EventSource. */
import type { IncomingMessage } from 'node:http';
import { send } from './http.ts';

export interface ServerEvent {
  readonly event: string;
  readonly id: number;
  readonly data: unknown;
}

/** A line longer than this ends the stream: the server never sends one. */
const MAX_LINE = 4 * 1024 * 1024;

/** Ends when the server closes; throws when it does not answer, or not with a stream. */
export async function* readServerEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const answer = await send(url, { method: 'GET', headers: { accept: 'text/event-stream', ...headers }, signal });
  if (answer.statusCode !== 200) {
    answer.destroy();
    throw new Error(`the server answered ${answer.statusCode}`);
  }
  let message = { event: 'message', id: 0, data: '' };
  for await (const line of lines(answer)) {
    if (line === '') {
      if (message.data !== '')
        yield { event: message.event, id: message.id, data: JSON.parse(message.data) as unknown };
      message = { ...message, event: 'message', data: '' };
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') message.event = value;
    if (field === 'data') message.data += value;
    if (field === 'id') message.id = Number(value);
  }
  throw new Error('the server closed the stream');
}

async function* lines(answer: IncomingMessage): AsyncGenerator<string> {
  answer.setEncoding('utf8');
  let rest = '';
  for await (const chunk of answer) {
    rest += chunk as string;
    const parts = rest.split(/\r\n|\n/);
    rest = parts.pop() ?? '';
    if (rest.length > MAX_LINE) throw new Error('the server sent a line that has no end');
    yield* parts;
  }
}
