/** Schemas of what `/api/agents` says and takes. Times are ISO 8601. */
import { z } from 'zod';
import { AGENT_NAME, AGENT_STATES } from './agent.ts';

const count = z.int().min(0);
const time = z.iso.datetime();

export const agentName = z
  .string()
  .regex(AGENT_NAME, 'small letters, digits, and between them . _ and -, at most 63')
  .describe('The agent’s name: its id in every event.');

const sourceSchema = z.object({
  source: z.string(),
  state: z.enum(['following', 'waiting', 'denied', 'off', 'failed']),
  reason: z.string(),
  read: count,
  spooled: count,
  sent: count,
  stored: count.describe('Records the server has committed.'),
  dropped: z.record(z.string(), count).describe('Records by reason, dropped at either end.'),
  gaps: z.array(z.object({ at: time, reason: z.string() })).describe('What the source could not read, newest last.'),
  lag: z.number().min(0).describe('Bytes that are still to be read; 0 where that is not known.'),
});

export const agentSchema = z.object({
  name: z.string(),
  state: z.enum(AGENT_STATES),
  added: time,
  last_seen: time.nullable(),
  version: z.string().nullable(),
  platform: z.string().nullable(),
  host: z.string().nullable().describe('What the machine calls itself.'),
  always_on: z.boolean().describe('False: it sleeps, and its silence is no alert.'),
  lag: z.number().min(0).describe('Bytes that its sources have still to read.'),
  clock_skew: z.number().nullable().describe('Its clock minus the server’s, ms; null: not known.'),
  spool: z
    .object({
      records: count,
      bytes: count,
      limit: count.optional().describe('Bytes that it may hold; absent where the agent does not say.'),
      oldest: time.nullable(),
      quarantined: count,
      parked: count,
    })
    .nullable()
    .describe('What waits on its disk; null before its first report.'),
  sources: z.array(sourceSchema).describe('Counted since its spool was made.'),
  totals: z
    .object({ read: count, spooled: count, sent: count, stored: count, dropped: count, lost: count })
    .describe('Sums over its sources; lost: records that were numbered and never came.'),
  gaps: z
    .array(z.object({ from: count, to: count, reason: z.string(), at: time }))
    .describe('Numbers [from, to) that never came, newest last, at most 200, of this spool and earlier ones.'),
  keys: z.array(z.object({ id: z.string(), created: time, last_used: time.nullable() })),
  rotating: z.boolean().describe('It was asked to change its key and has not yet.'),
  invitation: time.nullable().describe('When its token ends; null: there is none.'),
});
export type AgentStatus = z.infer<typeof agentSchema>;

export const agentListSchema = z.object({
  items: z.array(agentSchema),
  next: z.null(),
  listening: z
    .object({ address: z.string(), port: z.int(), ca: z.string().describe('SHA-256 of the CA, hex.') })
    .nullable()
    .describe('Where agents connect; null while there is no agent.'),
});
export type AgentList = z.infer<typeof agentListSchema>;

export const invitationSchema = z.object({
  name: z.string(),
  token: z.string().describe('One word for `porchlight agent enroll`, good for one use. It is shown once.'),
  expires: time,
  urls: z.array(z.string()).describe('Where the agent will look for this server, in this order.'),
});
export type Invitation = z.infer<typeof invitationSchema>;
