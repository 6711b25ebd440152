/** A POST of logs from its body to its commit. Who sends it has been looked at. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError } from '#contract';
import { invite, readBody } from './body.ts';
import type { Means } from './handler.ts';
import type { Principal } from './principal.ts';

const LONGEST_KEY = 200;

/** The JSON that a 201 says. Throws CodedError or SenderGone. */
export async function takeLogs(
  request: IncomingMessage,
  response: ServerResponse,
  { name: agent }: Principal,
  { backend, limits, budget }: Pick<Means, 'backend' | 'limits' | 'budget'>,
): Promise<string> {
  const idempotencyKey = request.headers['idempotency-key'];
  if (Array.isArray(idempotencyKey) || (idempotencyKey?.length ?? 0) > LONGEST_KEY) {
    throw new CodedError('BAD_REQUEST', `Idempotency-Key: at most ${LONGEST_KEY} characters.`);
  }
  const ticket = budget.open();
  try {
    invite(request, response);
    const body = await readBody(request, limits, ticket);
    if (body.length === 0) throw new CodedError('BAD_BODY', 'It is empty.');
    const { accepted, rejected } = await backend.submit({ body, agent, idempotencyKey });
    return JSON.stringify({ status: 'ok', accepted, rejected });
  } finally {
    ticket.close();
  }
}
