/** `POST /api/logs`: the hot path. No schema, no copy but one; the pipeline parses the bytes. */
import { takeLogs } from '../take-logs.ts';
import type { Handlers, Means } from '../handler.ts';

export function logHandlers(means: Means): Handlers<'postLogs'> {
  return {
    postLogs: {
      kind: 'raw',
      async handle(request, reply, principal) {
        const answer = await takeLogs(request.raw, reply.raw, principal, means);
        reply.code(201).header('cache-control', 'no-store').header('content-type', 'application/json; charset=utf-8');
        return answer;
      },
    },
  };
}
