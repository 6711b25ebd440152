/** `POST /api/logs`: the hot path. No schema, no copy but one; the pipeline parses the bytes. */
import { CodedError } from '#contract';
import { invite, readBody } from '../body.ts';
import type { Handlers, Means } from '../handler.ts';

const LONGEST_KEY = 200;

export function logHandlers({ backend, limits, budget }: Means): Handlers<'postLogs'> {
  return {
    postLogs: {
      kind: 'raw',
      async handle(request, reply, principal) {
        const idempotencyKey = request.headers['idempotency-key'];
        if (Array.isArray(idempotencyKey) || (idempotencyKey?.length ?? 0) > LONGEST_KEY) {
          throw new CodedError('BAD_REQUEST', `Idempotency-Key: at most ${LONGEST_KEY} characters.`);
        }
        const ticket = budget.open();
        try {
          invite(request.raw, reply.raw);
          const body = await readBody(request.raw, limits, ticket);
          if (body.length === 0) throw new CodedError('BAD_BODY', 'It is empty.');
          const { accepted, rejected } = await backend.submit({ body, agent: principal.name, idempotencyKey });
          reply.code(201).header('cache-control', 'no-store').header('content-type', 'application/json; charset=utf-8');
          return JSON.stringify({ status: 'ok', accepted, rejected });
        } finally {
          ticket.close();
        }
      },
    },
  };
}
