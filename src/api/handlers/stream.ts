import { routes } from '#contract/schema';
import type { Handlers, Means } from '../handler.ts';
import { parse } from '../parse.ts';

export function streamHandlers({ live }: Means): Handlers<'stream'> {
  return {
    stream: {
      kind: 'raw',
      handle(request, reply) {
        const { events } = parse('query', routes.stream.query, request.query);
        live.open(reply, { events: events === '1' });
      },
    },
  };
}
