/** Routes about agents, for people. What agents themselves send comes in by another door: agents-listener.ts. */
import type { Handlers, Means } from '../handler.ts';

export function agentHandlers({
  backend: { agents },
}: Means): Handlers<'listAgents' | 'addAgent' | 'dropAgent' | 'rotateAgent'> {
  return {
    listAgents: { kind: 'parsed', handle: () => agents.list() },
    addAgent: { kind: 'parsed', handle: ({ body: { name, again } }) => agents.add(name, again) },
    dropAgent: {
      kind: 'parsed',
      async handle({ params: { name }, query: { forget } }) {
        if (forget === '1') await agents.remove(name);
        else await agents.revoke(name);
        return { name, state: forget === '1' ? 'removed' : 'revoked' };
      },
    },
    rotateAgent: {
      kind: 'parsed',
      async handle({ params: { name } }) {
        await agents.rotate(name);
        return { name, rotating: true };
      },
    },
  };
}
