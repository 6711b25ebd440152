/**
 * HTTP for commands, over Node's own client: `fetch` takes 0.1 s to load, which is most of what a short command takes.
 * Importing `node:http` would load it too, since an import reads every export and WebSocket is one: hence getBuiltinModule.
 * Certificates are checked as Node does it; redirects are not followed, no server of ours sends one.
 */
import type { IncomingMessage } from 'node:http';
import process from 'node:process';
import type { Transport } from '#contract';

type Asked = Parameters<Transport>[1];

/** Resolves with the head of the answer; the body is still to come. */
export function send(url: string, { method, headers, body, signal }: Asked): Promise<IncomingMessage> {
  const { request } = process.getBuiltinModule(url.startsWith('https:') ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, ...(signal === undefined ? {} : { signal }) }, resolve);
    asked.once('error', reject);
    asked.end(body);
  });
}

export const nodeTransport: Transport = async (url, asked) => {
  const answer = await send(url, asked);
  answer.setEncoding('utf8');
  let text = '';
  for await (const chunk of answer) text += chunk as string;
  const { statusCode = 0, statusMessage = '', headers } = answer;
  return { status: statusCode, statusText: statusMessage, type: headers['content-type'] ?? '', text };
};
