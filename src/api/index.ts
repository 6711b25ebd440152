export type { AgentDesk, AgentIdentity, AgentIntake, BatchAnswer } from './agents.ts';
export type { AgentsLimits } from './agents-limits.ts';
export { type AgentsListener, type AgentsListenerOptions, listenForAgents } from './agents-listener.ts';
export type { AgentSubmission, Backend, CommitNotice, Submission, SubmissionResult, Trial } from './backend.ts';
export { RuleRefused } from './rule-refused.ts';
export { type ApiLimits } from './limits.ts';
export { logFault } from './log-fault.ts';
export { type Api, type ApiOptions, createApi } from './server.ts';
