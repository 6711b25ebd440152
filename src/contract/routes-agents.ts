/** Routes: agents, as people see and change them. */
import { z } from 'zod';
import { agentListSchema, agentName, invitationSchema } from './agent.schema.ts';
import { none } from './route-fields.ts';

export const agentRoutes = {
  listAgents: {
    summary: 'Agents: how each stands, what it read, sent and lost.',
    access: 'viewer',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: agentListSchema,
  },
  addAgent: {
    summary: 'Invite an agent; replies a token for one use within 30 minutes.',
    access: 'admin',
    params: none,
    query: none,
    body: z.strictObject({
      name: agentName,
      again: z.boolean().default(false).describe('For one that is enrolled: its keys end when the token is used.'),
    }),
    status: 201,
    response: invitationSchema,
  },
  dropAgent: {
    summary: 'Revoke an agent’s keys at once; with `forget` take it off the list too. Its events stay.',
    access: 'admin',
    params: z.object({ name: agentName }),
    query: z.object({ forget: z.enum(['0', '1']).default('0') }),
    body: undefined,
    status: 200,
    response: z.object({ name: z.string(), state: z.enum(['revoked', 'removed']) }),
  },
  rotateAgent: {
    summary: 'Ask an agent to change its key; it does with its next batch, and both hold until the new one was used.',
    access: 'admin',
    params: z.object({ name: agentName }),
    query: none,
    body: undefined,
    status: 200,
    response: z.object({ name: z.string(), rotating: z.literal(true) }),
  },
} as const;
