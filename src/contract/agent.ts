/** An agent as the server sees it: `GET /api/agents`. What the two say to each other is in `agent-wire.ts`. */

/**
 * invited: its token was not used yet. live: heard. silent: not heard for longer than it may be. stuck: heard, but it forwards nothing
 * although it should. revoked: its keys are gone.
 */
export const AGENT_STATES = ['invited', 'live', 'silent', 'stuck', 'revoked'] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** `event.dataset` of what the server itself says of an agent. */
export const AGENT_DATASET = 'porchlight.agent';
export const AGENT_ACTIONS = ['agent-silent', 'agent-stuck', 'agent-back'] as const;
export type AgentAction = (typeof AGENT_ACTIONS)[number];

/** A name is an agent id, part of file names, URLs and events: small letters, digits, and between them `.`, `_` and `-`. */
export const AGENT_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/;
